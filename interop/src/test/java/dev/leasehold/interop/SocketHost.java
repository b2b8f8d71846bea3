// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop;

import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host that runs a daemon, the C program or ours; its holder is a python3-sanlock client. */
final class SocketHost implements ClusterHost {
  private static final Pattern EVENT =
      Pattern.compile(
          "'from_host_id': (\\d+), 'from_generation': (\\d+), .*'event': (\\d+), 'data': (\\d+)");

  private final String name;
  private final SanlockDaemon daemon;
  private final CWorker holder;
  private final CWorker control;
  private boolean registered;

  /**
   * @param holder not registered yet
   */
  SocketHost(String name, SanlockDaemon daemon, CWorker holder) throws IOException {
    this.name = name;
    this.daemon = daemon;
    this.holder = holder;
    this.control = daemon.worker();
  }

  /** The same host with another holder process. */
  SocketHost withOtherHolder() throws IOException {
    return new SocketHost(name, daemon, daemon.worker());
  }

  SanlockDaemon daemon() {
    return daemon;
  }

  CWorker holder() {
    return holder;
  }

  @Override
  public String name() {
    return name;
  }

  private interface Call {
    void run() throws IOException, CWorker.SanlockError;
  }

  private static void run(Call call) throws IOException, Refused {
    try {
      call.run();
    } catch (CWorker.SanlockError e) {
      // The binding gives small codes as positive errno (wire.md 8).
      throw new Refused(-Math.abs(e.code()), String.valueOf(e.getMessage()), e);
    }
  }

  private void registered() throws IOException, Refused {
    if (!registered) {
      run(holder::register);
      registered = true;
    }
  }

  @Override
  public void join(String space, int hostId, Path path, int ioTimeout) throws Exception {
    run(() -> control.join(space, hostId, path, ioTimeout));
  }

  @Override
  public void leave(String space, int hostId, Path path) throws Exception {
    run(
        () ->
            control.call(
                "sanlock.rem_lockspace(%s, %d, %s)"
                    .formatted(CWorker.bytes(space), hostId, CWorker.text(path))));
  }

  @Override
  public void acquire(LeaseFile lease, boolean shared) throws Exception {
    registered();
    run(() -> holder.acquire(lease.space(), lease.name(), lease.path(), shared));
  }

  @Override
  public void release(LeaseFile lease) throws Exception {
    run(() -> holder.release(lease.space(), lease.name(), lease.path()));
  }

  @Override
  public void convert(LeaseFile lease, boolean shared) throws Exception {
    Programs.Result result =
        daemon.client(
            "convert", "-r", lease.argument() + (shared ? ":SH" : ""), "-p", "" + holder.pid());
    // "convert done -11"
    Matcher matcher = Pattern.compile("convert done (-?\\d+)").matcher(result.output());
    int code = matcher.find() ? Integer.parseInt(matcher.group(1)) : Integer.MIN_VALUE;
    if (code != 0) {
      throw new Refused(code, result.output(), new IOException(result.output()));
    }
  }

  @Override
  public void ask(LeaseFile lease, boolean force) throws Exception {
    run(
        () ->
            control.call(
                "sanlock.request(%s, %s, %s, action=sanlock.%s)"
                    .formatted(
                        CWorker.bytes(lease.space()),
                        CWorker.bytes(lease.name()),
                        disks(lease),
                        force ? "REQ_FORCE" : "REQ_GRACEFUL")));
  }

  private static String disks(LeaseFile lease) {
    return "[(" + CWorker.text(lease.path()) + ", 0)]";
  }

  @Override
  public void acquireWithValue(LeaseFile lease) throws Exception {
    registered();
    run(
        () ->
            holder.call(
                "sanlock.acquire(%s, %s, %s, slkfd=fd, lvb=True)"
                    .formatted(
                        CWorker.bytes(lease.space()), CWorker.bytes(lease.name()), disks(lease))));
  }

  @Override
  public void setValue(LeaseFile lease, String value) throws Exception {
    run(
        () ->
            holder.call(
                "sanlock.set_lvb(%s, %s, %s, %s)"
                    .formatted(
                        CWorker.bytes(lease.space()),
                        CWorker.bytes(lease.name()),
                        disks(lease),
                        CWorker.bytes(value))));
  }

  @Override
  public String value(LeaseFile lease, int length) throws Exception {
    String[] answer = new String[1];
    run(
        () ->
            answer[0] =
                holder.call(
                    "sanlock.get_lvb(%s, %s, %s, %d)"
                        .formatted(
                            CWorker.bytes(lease.space()),
                            CWorker.bytes(lease.name()),
                            disks(lease),
                            length)));
    return answer[0].substring(2, answer[0].length() - 1);
  }

  @Override
  public void tell(String space, int hostId, long generation, long event, long data)
      throws Exception {
    run(
        () ->
            control.call(
                "sanlock.set_event(%s, %d, %d, %d, %d)"
                    .formatted(CWorker.bytes(space), hostId, generation, event, data)));
  }

  @Override
  public void listen(String space) throws Exception {
    run(() -> control.call("listen(%s)".formatted(CWorker.bytes(space))));
  }

  @Override
  public String heard() throws Exception {
    String[] answer = new String[1];
    run(() -> answer[0] = control.call("heard(20)"));
    Matcher matcher = EVENT.matcher(answer[0]);
    if (!matcher.find()) {
      throw new TimeoutException("nothing was heard: " + answer[0]);
    }
    return String.join(" ", matcher.group(1), matcher.group(2), matcher.group(3), matcher.group(4));
  }

  @Override
  public boolean holderAlive() {
    return holder.alive();
  }
}
