// SPDX-License-Identifier: Apache-2.0
package dev.leasehold.daemon.http;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import dev.leasehold.daemon.DaemonContext;
import dev.leasehold.daemon.Door;
import dev.leasehold.daemon.events.EventLog;
import dev.leasehold.daemon.io.IoCounts;
import dev.leasehold.engine.LeaseManager;
import dev.leasehold.lease.Clock;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;

/** Serves {@code /metrics}, {@code /status.json}, {@code /live} and the status page. */
public final class HttpDoor implements Door {
  private static final int WATCHERS = 32;
  private static final long LIVE_MILLIS = 1000;

  /** Where the page has the state with which it begins. */
  private static final String STATE = "/*STATE*/null/*STATE*/";

  private final ListenAddress address;
  private final LeaseManager manager;
  private final Clock clock;
  private final Metrics metrics;
  private final Neighbours neighbours;
  private final StatusJson status;
  private final String version;
  private final Semaphore watchers = new Semaphore(WATCHERS);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private Optional<HttpServer> server = Optional.empty();
  private Optional<UnixListener> local = Optional.empty();
  private volatile boolean closed;

  /**
   * @param io what the engine has read and written
   * @param events what has happened
   * @param version of the program
   */
  public HttpDoor(
      ListenAddress address,
      LeaseManager manager,
      Clock clock,
      IoCounts io,
      EventLog events,
      String version) {
    this.address = address;
    this.manager = manager;
    this.clock = clock;
    this.version = version;
    this.metrics = new Metrics(io, events);
    this.neighbours = new Neighbours(manager);
    this.status = new StatusJson(manager, clock, events, neighbours, version);
  }

  /** One of a daemon. */
  public static Door.Maker at(ListenAddress address, String version) {
    return (DaemonContext context) ->
        new HttpDoor(
            address,
            context.manager(),
            context.ports().clock(),
            context.ports().io(),
            context.events(),
            version);
  }

  @Override
  public String name() {
    return "http";
  }

  @Override
  public void start() throws IOException {
    try {
      if (address.socket().isPresent()) {
        local = Optional.of(UnixListener.start(address.socket().get(), handlers(), executor));
      } else {
        server = Optional.of(listen());
      }
    } catch (IOException e) {
      throw new IOException(
          "metrics and status page cannot be served at "
              + address.socket().map(path -> "unix:" + path).orElse(address.toString())
              + ": "
              + e.getMessage(),
          e);
    }
    manager.addListener(metrics);
  }

  private HttpServer listen() throws IOException {
    HttpServer listener = HttpServer.create(address.internet(), 0);
    listener.setExecutor(executor);
    handlers().forEach(listener::createContext);
    listener.start();
    return listener;
  }

  private Map<String, HttpHandler> handlers() {
    return Map.of(
        "/", reading(this::page),
        "/metrics", reading(this::metrics),
        "/status.json", reading(exchange -> send(exchange, "application/json", status.text())),
        "/live", reading(this::live));
  }

  /** Where it listens, once started. */
  public InetSocketAddress listening() {
    return server.orElseThrow().getAddress();
  }

  /** Nothing but GET and HEAD, and no more said than the answer. */
  private static HttpHandler reading(HttpHandler handler) {
    return exchange -> {
      try (exchange) {
        String method = exchange.getRequestMethod();
        if (method.equals("GET") || method.equals("HEAD")) {
          handler.handle(exchange);
        } else {
          exchange.getResponseHeaders().set("Allow", "GET, HEAD");
          exchange.sendResponseHeaders(405, -1);
        }
      }
    };
  }

  private void page(HttpExchange exchange) throws IOException {
    if (!exchange.getRequestURI().getPath().equals("/")) {
      exchange.sendResponseHeaders(404, -1);
      return;
    }
    exchange
        .getResponseHeaders()
        .set(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline';"
                + " connect-src 'self'; img-src data:");
    try (InputStream in = HttpDoor.class.getResourceAsStream("status.html")) {
      if (in == null) {
        throw new IOException("the status page is not in the jar");
      }
      send(
          exchange,
          "text/html; charset=utf-8",
          new String(in.readAllBytes(), StandardCharsets.UTF_8)
              .replace(STATE, status.text())); // complete at once; /live keeps it so
    }
  }

  private void metrics(HttpExchange exchange) throws IOException {
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    metrics.write(manager, clock, version, text);
    send(
        exchange,
        "text/plain; version=0.0.4; charset=utf-8",
        text.toString(StandardCharsets.UTF_8));
  }

  private static void send(HttpExchange exchange, String type, String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.getResponseHeaders().set("Cache-Control", "no-store");
    exchange.getResponseHeaders().set("X-Content-Type-Options", "nosniff");
    boolean head = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(200, head ? -1 : bytes.length);
    if (!head) {
      exchange.getResponseBody().write(bytes);
    }
  }

  /** The state once a second, as server-sent events, until the reader goes away. */
  private void live(HttpExchange exchange) throws IOException {
    if (!watchers.tryAcquire()) {
      exchange.sendResponseHeaders(503, -1);
      return;
    }
    try {
      exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
      exchange.getResponseHeaders().set("Cache-Control", "no-store");
      exchange.sendResponseHeaders(200, 0);
      OutputStream out = exchange.getResponseBody();
      while (!closed) {
        out.write(("data: " + status.text() + "\n\n").getBytes(StandardCharsets.UTF_8));
        out.flush();
        Thread.sleep(LIVE_MILLIS);
      }
    } catch (InterruptedException e) {
      // The door closes.
    } finally {
      watchers.release();
    }
  }

  @Override
  public void close() {
    closed = true;
    neighbours.close();
    manager.removeListener(metrics);
    server.ifPresent(listener -> listener.stop(0));
    local.ifPresent(UnixListener::close);
    executor.shutdownNow();
  }
}
