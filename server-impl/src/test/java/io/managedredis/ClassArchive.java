package io.managedredis;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;

/**
 * The classes of the packaged server as its JVM keeps them (JEP 350), so that a server starts in
 * about half the time. The build makes them once for a jar: a server starts, answers some calls and
 * ends. They are good for the JVM that made them; any other goes without.
 */
public final class ClassArchive {
  private static final Path JAVA = Path.of(System.getProperty("java.home"), "bin", "java");
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  /** What the server is asked, and what it has to answer: each kind of answer there is. */
  private static final Map<String, Integer> CALLS =
      Map.of(
          "/managed-redis/v1/backups?folderId=some-folder&pageSize=10", 200,
          "/managed-redis/v1/backups?folderId=some-folder&pageToken=none", 400,
          "/managed-redis/v1/backups/c9qarchive:20260101T000000-aaaaaaaa", 404,
          "/managed-redis/v1/clusters?folderId=some-folder", 200,
          "/managed-redis/v1/clusters/c9qarchive/backups", 200,
          "/openapi.json", 200,
          "/health/ready", 200,
          "/metrics", 200);

  private static final String CONFIG =
      """
      clusters:
        - {id: c9qarchive, folderId: some-folder, name: archive, nodes: ["127.0.0.1:6379"]}
      """;

  private ClassArchive() {}

  /**
   * Makes the archive of a jar, with the JVM that runs this.
   *
   * @param arguments the jar, and the file that will be the archive
   * @throws IllegalStateException when this JVM makes none, or one that it can't use
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    Path jar = Path.of(arguments[0]).toAbsolutePath();
    Path archive = Path.of(arguments[1]).toAbsolutePath();
    // One of an earlier jar would be of no use, and look as if it were.
    Files.deleteIfExists(archive);
    Path folder = Files.createTempDirectory(jar.getParent(), "class-archive");
    try {
      Path draft = folder.resolve(archive.getFileName());
      record(jar, draft, folder);
      Path unused = Files.move(draft, archive, StandardCopyOption.ATOMIC_MOVE);
      prove(jar, archive, folder);
    } finally {
      deleteTree(folder);
    }
  }

  /** The archive that the build has put beside that jar; empty when it was told to make none. */
  static Optional<Path> of(Path jar) {
    String name = jar.getFileName().toString();
    return Optional.of(jar.resolveSibling(name.replaceFirst("\\.jar$", ".jsa")))
        .filter(Files::exists);
  }

  private static void record(Path jar, Path draft, Path folder)
      throws IOException, InterruptedException {
    Path config = Files.writeString(folder.resolve("config.yaml"), CONFIG);
    Path log = folder.resolve("server.log");
    Process server =
        start(
            log,
            "-XX:ArchiveClassesAtExit=" + draft,
            "-jar",
            jar.toString(),
            "serve",
            "--config",
            config.toString(),
            "--listen",
            "127.0.0.1:0",
            "--data-dir",
            folder.resolve("data").toString());
    Thread end = new Thread(server::destroyForcibly, "class-archive-end");
    Runtime.getRuntime().addShutdownHook(end);
    try {
      call(address(server, log));
      server.destroy();
      if (!server.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || !Files.exists(draft)) {
        throw failed("wrote no archive when it ended", log);
      }
    } finally {
      server.destroyForcibly();
      boolean unused = Runtime.getRuntime().removeShutdownHook(end);
    }
  }

  private static void call(String url) throws IOException, InterruptedException {
    HttpClient client = HttpClient.newBuilder().connectTimeout(PATIENCE).build();
    for (Map.Entry<String, Integer> expected : CALLS.entrySet()) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + expected.getKey())).timeout(PATIENCE).build();
      HttpResponse<String> answer = client.send(request, HttpResponse.BodyHandlers.ofString());
      if (answer.statusCode() != expected.getValue()) {
        throw new IllegalStateException(
            "No class-data archive: the server answered %s with %d instead of %d: %s"
                .formatted(request.uri(), answer.statusCode(), expected.getValue(), answer.body()));
      }
    }
  }

  /** The archive is used, or the JVM does not start. */
  private static void prove(Path jar, Path archive, Path folder)
      throws IOException, InterruptedException {
    Path log = folder.resolve("proof.log");
    Process proof =
        start(
            log,
            "-Xshare:on",
            "-XX:SharedArchiveFile=" + archive,
            "-jar",
            jar.toString(),
            "--version");
    try {
      if (!proof.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS) || proof.exitValue() != 0) {
        throw failed("could not use the archive that it wrote", log);
      }
    } finally {
      proof.destroyForcibly();
    }
  }

  private static Process start(Path log, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(JAVA.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /** Where it listens, once it does. */
  private static String address(Process server, Path log) throws IOException {
    try {
      Awaitility.await()
          .atMost(PATIENCE)
          .pollInterval(Duration.ofMillis(20))
          .until(() -> !server.isAlive() || listening(log).isPresent());
    } catch (ConditionTimeoutException e) {
      throw new IllegalStateException(failed("does not listen", log).getMessage(), e);
    }
    return listening(log).orElseThrow(() -> failed("ended before it listened", log));
  }

  private static Optional<String> listening(Path log) {
    // The line may be half written.
    String text = text(log);
    String mark = "Listening on ";
    int start = text.indexOf(mark);
    int end = start < 0 ? -1 : text.indexOf('\n', start);
    return end < 0
        ? Optional.empty()
        : Optional.of(text.substring(start + mark.length(), end).strip());
  }

  private static IllegalStateException failed(String what, Path log) {
    return new IllegalStateException(
        ("No class-data archive: the server of %s %s. -Dclass.archive.skip=true builds without."
                + " It said:%n%s")
            .formatted(JAVA, what, text(log)));
  }

  private static String text(Path log) {
    try {
      return new String(Files.readAllBytes(log), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return "(nothing: " + e + ")";
    }
  }

  private static void deleteTree(Path folder) throws IOException {
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
