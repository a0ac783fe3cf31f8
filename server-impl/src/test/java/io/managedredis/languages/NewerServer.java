package io.managedredis.languages;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * Passes requests on to a server, and shows its backups as a later version might: with a type and a
 * property that today's contract does not know.
 */
public final class NewerServer implements AutoCloseable {
  /** The type that all backups have here. */
  public static final String TYPE = "IMPORTED";

  /** The property that today's contract does not know. */
  public static final String PROPERTY = "sizeClass";

  private static final Duration ANSWER = Duration.ofSeconds(30);

  /** What belongs to one connection, and is set by whoever writes to it. */
  private static final Set<String> OF_A_CONNECTION =
      Set.of(
          "connection",
          "content-length",
          "date",
          "expect",
          "host",
          "http2-settings",
          "transfer-encoding",
          "upgrade");

  private static final ObjectMapper JSON = new ObjectMapper();

  private final String target;
  private final HttpServer front;
  private final ExecutorService threads = Executors.newFixedThreadPool(4);
  private final HttpClient back =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();

  /**
   * Starts on a free port of 127.0.0.1.
   *
   * @param target the server's address, without a slash at its end
   */
  public NewerServer(String target) throws IOException {
    this.target = target;
    front = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    front.createContext("/", this::answer);
    front.setExecutor(threads);
    front.start();
  }

  /** Its address, without a slash at its end. */
  public String url() {
    return "http://127.0.0.1:" + front.getAddress().getPort();
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      HttpResponse<byte[]> answer = back.send(passedOn(exchange), bytes());
      byte[] body = answer.body();
      if (answer.statusCode() == 200) {
        body = newer(body);
      }
      answer
          .headers()
          .map()
          .forEach(
              (name, values) -> {
                if (isPassedOn(name)) {
                  exchange.getResponseHeaders().put(name, List.copyOf(values));
                }
              });
      exchange.sendResponseHeaders(answer.statusCode(), body.length == 0 ? -1 : body.length);
      exchange.getResponseBody().write(body);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private HttpRequest passedOn(HttpExchange exchange) throws IOException {
    byte[] body = exchange.getRequestBody().readAllBytes();
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(target + exchange.getRequestURI()))
            .timeout(ANSWER)
            .method(
                exchange.getRequestMethod(),
                body.length == 0
                    ? HttpRequest.BodyPublishers.noBody()
                    : HttpRequest.BodyPublishers.ofByteArray(body));
    exchange
        .getRequestHeaders()
        .forEach(
            (name, values) -> {
              if (isPassedOn(name)) {
                values.forEach(value -> request.header(name, value));
              }
            });
    return request.build();
  }

  private static HttpResponse.BodyHandler<byte[]> bytes() {
    return HttpResponse.BodyHandlers.ofByteArray();
  }

  private static boolean isPassedOn(String header) {
    return !OF_A_CONNECTION.contains(header.toLowerCase(Locale.ROOT));
  }

  private static byte[] newer(byte[] body) throws IOException {
    JsonNode document = JSON.readTree(body);
    makeNewer(document);
    document.path("backups").forEach(NewerServer::makeNewer);
    return JSON.writeValueAsBytes(document);
  }

  /** Of all resources only a backup has shards that it was made from. */
  private static void makeNewer(JsonNode node) {
    if (node instanceof ObjectNode resource && resource.has("sourceShardNames")) {
      resource.put("type", TYPE).put(PROPERTY, "LARGE");
    }
  }

  @Override
  public void close() {
    front.stop(0);
    threads.shutdownNow();
  }
}
