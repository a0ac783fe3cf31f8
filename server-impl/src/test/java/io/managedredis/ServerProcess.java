package io.managedredis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.testing.ValidatingHttpClient;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.stream.StreamSupport;
import org.awaitility.Awaitility;

/** The packaged server as a process of its own, and its API as plain JSON. */
final class ServerProcess implements AutoCloseable {
  private static final Path JAR =
      Path.of(Objects.requireNonNull(System.getProperty("server.jar"), "run by mvn verify"));
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Optional<Path> ARCHIVE = ClassArchive.of(JAR);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final String API = "/managed-redis/v1/";
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Process process;
  private final Path out;
  private final Path err;
  private final ValidatingHttpClient http;

  private ServerProcess(Process process, Path out, Path err, ValidatingHttpClient http) {
    this.http = http;
    this.process = process;
    this.out = out;
    this.err = err;
  }

  /** The jar that is started. */
  static Path jar() {
    return JAR;
  }

  /** Starts {@code java -jar managed-redis-backup.jar} with these arguments. */
  static ServerProcess run(Path logs, Map<String, String> environment, String... arguments)
      throws IOException {
    return run(logs, environment, List.of(), new ValidatingHttpClient(), arguments);
  }

  private static ServerProcess run(
      Path logs,
      Map<String, String> environment,
      List<String> jvmOptions,
      ValidatingHttpClient http,
      String... arguments)
      throws IOException {
    Path out = Files.createTempFile(logs, "server", ".out");
    Path err = Files.createTempFile(logs, "server", ".err");
    List<String> command = new ArrayList<>();
    command.add(JAVA.toString());
    command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
    // Where the archive does not fit, the JVM goes without it, and would say so.
    ARCHIVE.ifPresent(
        file -> command.addAll(List.of("-XX:SharedArchiveFile=" + file, "-Xlog:disable")));
    command.addAll(jvmOptions);
    command.addAll(List.of("-jar", JAR.toString()));
    command.addAll(List.of(arguments));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().putAll(environment);
    return new ServerProcess(builder.start(), out, err, http);
  }

  /** Starts {@code serve} on a free port, and waits until it listens. */
  static ServerProcess serve(Path logs, Path config, Path data, String... jvmOptions)
      throws IOException {
    return serve(logs, Map.of(), new ValidatingHttpClient(), config, data, jvmOptions);
  }

  /** The same with variables in its environment, and a client that may speak TLS with it. */
  static ServerProcess serve(
      Path logs,
      Map<String, String> environment,
      ValidatingHttpClient http,
      Path config,
      Path data,
      String... jvmOptions)
      throws IOException {
    ServerProcess server =
        run(
            logs,
            environment,
            List.of(jvmOptions),
            http,
            "serve",
            "--config",
            config.toString(),
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            data.toString());
    try {
      Awaitility.await("the server listens")
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !server.process.isAlive() || server.out().contains("\n"));
      if (!server.process.isAlive()) {
        throw new IllegalStateException("The server ended: " + server.err());
      }
      return server;
    } catch (RuntimeException e) {
      server.close();
      throw e;
    }
  }

  String out() {
    return read(out);
  }

  String err() {
    return read(err);
  }

  String url() {
    return out().strip().replace("Listening on ", "");
  }

  ProcessHandle handle() {
    return process.toHandle();
  }

  /** SIGTERM. */
  void terminate() {
    process.destroy();
  }

  /** SIGKILL. */
  void kill() throws InterruptedException {
    process.destroyForcibly();
    awaitExit();
  }

  /** The exit status. */
  int awaitExit() throws InterruptedException {
    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
      throw new IllegalStateException("The server does not end: " + err());
    }
    return process.exitValue();
  }

  JsonNode get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url() + path)).GET());
  }

  /** The whole answer to any request, also one that the contract forbids. */
  HttpResponse<String> answer(String method, String path, String... headers)
      throws IOException, InterruptedException {
    return http.sendBroken(
        HttpRequest.newBuilder(URI.create(url() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .headers(headers)
            .build());
  }

  /** Sends a request of a scenario; the answer may never come. */
  CompletableFuture<HttpResponse<String>> send(String method, String path) {
    return http.sendAsync(
        HttpRequest.newBuilder(URI.create(url() + path))
            .method(method, HttpRequest.BodyPublishers.noBody())
            .build(),
        HttpResponse.BodyHandlers.ofString());
  }

  /** Starts a backup; answers the operation. */
  JsonNode backUp(String clusterId) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url() + API + "clusters/" + clusterId + ":backup"))
            .POST(HttpRequest.BodyPublishers.noBody()));
  }

  /** Starts a deletion; answers the operation. */
  JsonNode delete(String backupId) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(URI.create(url() + API + "backups/" + backupId)).DELETE());
  }

  /** Starts a verification; answers the operation. */
  JsonNode verify(String backupId) throws IOException, InterruptedException {
    return send(
        HttpRequest.newBuilder(URI.create(url() + API + "backups/" + backupId + ":verify"))
            .POST(HttpRequest.BodyPublishers.noBody()));
  }

  /** What a backup's manifest says of its proof. */
  JsonNode proof(String backupId) throws IOException, InterruptedException {
    return get(API + "backups/" + backupId + "/manifest").path("proof");
  }

  JsonNode operation(String id) throws IOException, InterruptedException {
    return get("/operations/" + id);
  }

  JsonNode awaitDone(JsonNode operation) {
    String id = operation.path("id").asText();
    return Awaitility.await("operation " + id + " is done")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(20))
        .until(() -> operation(id), now -> now.path("done").asBoolean());
  }

  /** The ids of the backups in a folder. */
  List<String> backups(String folderId) throws IOException, InterruptedException {
    JsonNode page = get(API + "backups?pageSize=1000&folderId=" + folderId);
    return elements(page.path("backups")).stream().map(b -> b.path("id").asText()).toList();
  }

  List<JsonNode> operations(String clusterId) throws IOException, InterruptedException {
    return elements(
        get(API + "clusters/" + clusterId + "/operations?pageSize=1000").path("operations"));
  }

  private static List<JsonNode> elements(JsonNode array) {
    return StreamSupport.stream(array.spliterator(), false).toList();
  }

  private JsonNode send(HttpRequest.Builder request) throws IOException, InterruptedException {
    HttpResponse<String> answer =
        http.send(
            request.timeout(Duration.ofSeconds(30)).build(), HttpResponse.BodyHandlers.ofString());
    if (answer.statusCode() != 200) {
      throw new IOException("HTTP " + answer.statusCode() + ": " + answer.body());
    }
    return JSON.readTree(answer.body());
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    process.destroyForcibly();
    try {
      awaitExit();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
