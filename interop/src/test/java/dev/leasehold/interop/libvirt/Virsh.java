// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.interop.libvirt;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** One virsh of a host that takes many commands: a command costs no process. Not thread-safe. */
final class Virsh implements AutoCloseable {
  private final Process process;
  private int count;

  Virsh(Process process) {
    this.process = process;
  }

  /** What it says to a command; {@code error: …} if that failed. */
  String say(String command) throws IOException {
    String mark = "end-of-" + ++count;
    process
        .getOutputStream()
        .write((command + "\necho " + mark + "\n").getBytes(StandardCharsets.UTF_8));
    process.getOutputStream().flush();
    StringBuilder text = new StringBuilder();
    InputStream in = process.getInputStream();
    // The commands are echoed, behind a prompt.
    while (text.indexOf("\n" + mark) < 0) {
      int next = in.read();
      if (next < 0) {
        throw new IOException("virsh has ended: " + text);
      }
      text.append((char) next);
    }
    return text.toString();
  }

  /** Whether a command was carried out. */
  static boolean isDone(String answer) {
    return !answer.contains("error:");
  }

  @Override
  public void close() {
    try {
      process.getOutputStream().close();
      if (process.waitFor(20, TimeUnit.SECONDS)) {
        return;
      }
    } catch (IOException e) {
      // It has ended.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    process.destroyForcibly();
  }
}
