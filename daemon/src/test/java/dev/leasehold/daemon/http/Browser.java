// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.WebSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** A Chromium with one page, told what to do by its debugging protocol. Used by one thread. */
final class Browser implements AutoCloseable {
  static final Path PROGRAM = Path.of("/usr/bin/chromium");

  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Pattern SOCKET = Pattern.compile("\"webSocketDebuggerUrl\": *\"([^\"]+)\"");

  private final Process process;
  private final Path profile;
  private final HttpClient http;
  private final BlockingQueue<String> answers = new LinkedBlockingQueue<>();
  private final WebSocket socket;
  private int number;

  private Browser(Process process, Path profile, HttpClient http, URI page) {
    this.process = process;
    this.profile = profile;
    this.http = http;
    this.socket =
        http.newWebSocketBuilder()
            .buildAsync(page, new Ear())
            .orTimeout(60, TimeUnit.SECONDS)
            .join();
  }

  /** Starts one; all its files are in a directory that {@link #close} removes. */
  static Browser start() throws Exception {
    Path profile = Files.createTempDirectory("leasehold-web"); // short: it has a socket in it
    List<String> line = new ArrayList<>(List.of(PROGRAM.toString()));
    line.addAll(List.of("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars"));
    line.addAll(List.of("--no-first-run", "--disable-dev-shm-usage", "--remote-debugging-port=0"));
    line.addAll(List.of("--user-data-dir=" + profile, "about:blank"));
    ProcessBuilder builder =
        new ProcessBuilder(line)
            .redirectOutput(profile.resolve("out").toFile())
            .redirectError(profile.resolve("err").toFile());
    builder.environment().put("TMPDIR", profile.toString());
    Process process = builder.start();
    try {
      HttpClient http = HttpClient.newHttpClient();
      return new Browser(process, profile, http, page(http, profile, process));
    } catch (Exception | AssertionError e) {
      end(process, profile);
      throw e;
    }
  }

  private static URI page(HttpClient http, Path profile, Process process) throws Exception {
    Path port = profile.resolve("DevToolsActivePort");
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (System.nanoTime() - deadline < 0) {
      assertThat(process.isAlive()).as("chromium runs").isTrue();
      List<String> lines = Files.exists(port) ? Files.readAllLines(port) : List.of();
      if (lines.size() > 1) {
        Matcher matcher = SOCKET.matcher(get(http, lines.getFirst()));
        if (matcher.find()) {
          return URI.create(matcher.group(1));
        }
      }
      Thread.sleep(20);
    }
    throw new AssertionError("chromium shows no page: " + Files.readString(profile.resolve("err")));
  }

  private static String get(HttpClient http, String port) throws Exception {
    URI list = URI.create("http://127.0.0.1:" + port + "/json/list");
    HttpRequest request = HttpRequest.newBuilder(list).timeout(PATIENCE).build();
    return http.send(request, HttpResponse.BodyHandlers.ofString()).body();
  }

  private String ask(String method, String parameters) throws InterruptedException {
    int id = ++number;
    String text = "{\"id\":%d,\"method\":\"%s\",\"params\":{%s}}".formatted(id, method, parameters);
    socket.sendText(text, true).orTimeout(60, TimeUnit.SECONDS).join();
    while (true) {
      String answer = answers.poll(PATIENCE.toSeconds(), TimeUnit.SECONDS);
      assertThat(answer).as("answer to " + method).isNotNull();
      if (answer.startsWith("{\"id\":" + id + ",")) {
        assertThat(answer).doesNotContain("\"error\":", "\"exceptionDetails\":");
        return answer;
      }
    }
  }

  /** As wide and high, in light or dark. */
  void look(int width, int height, boolean dark) throws InterruptedException {
    ask(
        "Emulation.setDeviceMetricsOverride",
        "\"width\":%d,\"height\":%d,\"deviceScaleFactor\":1,\"mobile\":%b"
            .formatted(width, height, width < 640));
    ask(
        "Emulation.setEmulatedMedia",
        "\"features\":[{\"name\":\"prefers-color-scheme\",\"value\":\"%s\"}]"
            .formatted(dark ? "dark" : "light"));
  }

  void open(String address) throws InterruptedException {
    ask("Page.navigate", "\"url\":\"" + address + "\"");
    until("document.readyState", "complete");
  }

  /** The value of an expression, as text. */
  String value(String expression) throws InterruptedException {
    String wrapped = "encodeURIComponent(String(" + expression + "))";
    String answer =
        ask("Runtime.evaluate", "\"expression\":\"" + wrapped.replace("\"", "\\\"") + "\"");
    return URLDecoder.decode(field(answer, "value").replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /** Waits until an expression's value has that text in it. */
  void until(String expression, String text) throws InterruptedException {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    for (String now = value(expression); !now.contains(text); now = value(expression)) {
      assertThat(System.nanoTime() - deadline).as("%s in %s", text, now).isNegative();
      Thread.sleep(50);
    }
  }

  void shoot(Path file) throws InterruptedException, IOException {
    String data = field(ask("Page.captureScreenshot", "\"format\":\"png\""), "data");
    Files.write(file, Base64.getDecoder().decode(data));
  }

  private static String field(String answer, String name) {
    String start = "\"" + name + "\":\"";
    int from = answer.indexOf(start);
    assertThat(from).as(answer).isPositive();
    return answer.substring(from + start.length(), answer.indexOf('"', from + start.length()));
  }

  @Override
  public void close() {
    socket.abort();
    http.shutdownNow();
    try {
      end(process, profile);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** In good order if it can, so that nobody writes into its profile any more. */
  private static void end(Process process, Path profile) throws InterruptedException, IOException {
    List<ProcessHandle> children = process.descendants().toList();
    process.destroy();
    if (!process.waitFor(20, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    children.forEach(ProcessHandle::destroyForcibly);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
    while (children.stream().anyMatch(ProcessHandle::isAlive) && System.nanoTime() - deadline < 0) {
      Thread.sleep(20);
    }
    try (Stream<Path> files = Files.walk(profile)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(file);
      }
    }
  }

  private final class Ear implements WebSocket.Listener {
    private final StringBuilder text = new StringBuilder();

    @Override
    public CompletionStage<?> onText(WebSocket from, CharSequence part, boolean last) {
      text.append(part);
      if (last) {
        answers.add(text.toString());
        text.setLength(0);
      }
      from.request(1);
      return CompletableFuture.completedStage(null);
    }
  }
}
