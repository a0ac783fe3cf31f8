package io.managedredis.client.sdk;

import com.sun.net.httpserver.Headers;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.jspecify.annotations.Nullable;

/** A server on 127.0.0.1 that gives its answers in turn, the last one for ever. */
final class ScriptedServer implements AutoCloseable {

  /** What to do with a request. */
  interface Answer {
    void give(HttpExchange exchange) throws IOException;

    /** Then says nothing more until the test is over. */
    default Answer andSilence() {
      return exchange -> {
        give(exchange);
        awaitEnd(exchange);
      };
    }
  }

  /** What came. */
  record Seen(String method, String target, Headers headers) {
    @Nullable String header(String name) {
      return headers.getFirst(name);
    }
  }

  private static final String END = "end";

  private final HttpServer server;
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final Queue<Answer> script;
  private final List<Seen> seen = new CopyOnWriteArrayList<>();
  private final CountDownLatch end = new CountDownLatch(1);

  ScriptedServer(Answer... answers) throws IOException {
    script = new ArrayDeque<>(List.of(answers));
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(threads);
    server.createContext("/", this::handle).getAttributes().put(END, end);
    server.start();
  }

  private void handle(HttpExchange exchange) throws IOException {
    Answer answer;
    synchronized (script) {
      seen.add(
          new Seen(
              exchange.getRequestMethod(),
              exchange.getRequestURI().toString(),
              exchange.getRequestHeaders()));
      answer = script.size() > 1 ? script.remove() : script.element();
    }
    try (exchange) {
      answer.give(exchange);
    }
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort();
  }

  /** The requests so far. */
  List<Seen> seen() {
    return seen;
  }

  /** An answer in JSON; headers are names and values in turn. */
  static Answer json(int status, String body, String... headers) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return exchange -> {
      exchange.getResponseHeaders().set("Content-Type", "application/json");
      set(exchange, headers);
      exchange.sendResponseHeaders(status, bytes.length == 0 ? -1 : bytes.length);
      exchange.getResponseBody().write(bytes);
    };
  }

  /** A Status; headers are names and values in turn. */
  static Answer error(int status, int code, String message, String... headers) {
    return json(status, "{\"code\":%d,\"message\":\"%s\"}".formatted(code, message), headers);
  }

  /** The first bytes of an answer that is announced as longer; then the connection ends. */
  static Answer broken(int status, byte[] bytes, int announced, String... headers) {
    return exchange -> {
      set(exchange, headers);
      exchange.sendResponseHeaders(status, announced);
      exchange.getResponseBody().write(bytes);
      exchange.getResponseBody().flush();
    };
  }

  /** Ends the connection instead of an answer. */
  static Answer hangUp() {
    return exchange -> {};
  }

  private static void awaitEnd(HttpExchange exchange) throws IOException {
    try {
      Object end = exchange.getHttpContext().getAttributes().get(END);
      ((CountDownLatch) Objects.requireNonNull(end)).await();
    } catch (InterruptedException e) {
      throw new IOException(e);
    }
  }

  static void set(HttpExchange exchange, String... headers) {
    for (int i = 0; i < headers.length; i += 2) {
      exchange.getResponseHeaders().set(headers[i], headers[i + 1]);
    }
  }

  @Override
  public void close() {
    end.countDown();
    server.stop(0);
    threads.shutdownNow();
  }
}
