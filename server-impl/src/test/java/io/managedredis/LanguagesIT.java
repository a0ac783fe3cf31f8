package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.managedredis.languages.Consumer;
import io.managedredis.languages.ImportedBackups;
import io.managedredis.languages.NewerServer;
import io.managedredis.languages.Report;
import io.managedredis.languages.ResultTable;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The same scenario in every language that has a client, against the packaged server and a real
 * Redis. The Maven profile {@code clients} runs it; {@code -Dlanguages=go,ruby} only these.
 */
@Tag("languages")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Execution(ExecutionMode.SAME_THREAD)
class LanguagesIT {
  private static final Path LANGUAGES = folder("languages.dir");
  private static final Path CLIENTS = folder("languages.clients");
  private static final Path WORK = folder("languages.work");
  private static final String LIST = "/managed-redis/v1/backups?folderId=" + ImportedBackups.FOLDER;
  private static final Path TABLE = WORK.resolve("table.md");
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final ResultTable table = new ResultTable();
  private final RedisProcess redis;
  private final ServerProcess server;
  private final NewerServer newer;

  LanguagesIT(@TempDir Path folder) throws IOException {
    Files.createDirectories(WORK);
    // An earlier run's is not ours.
    Files.deleteIfExists(TABLE);
    redis = RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
    redis.fill(500, 300);
    redis.command("SAVE");
    byte[] snapshot = Files.readAllBytes(redis.directory().resolve("dump.rdb"));
    Path data = folder.resolve("data");
    ImportedBackups.store(data.resolve("repository"), snapshot);
    String clusters =
        languages().stream()
            .map(
                language ->
                    "  - {id: %s, folderId: b1glive, nodes: ['%s']}%n"
                        .formatted(cluster(language), redis.address()))
            .collect(Collectors.joining());
    Path config = Files.writeString(folder.resolve("config.yaml"), "clusters:\n" + clusters);
    server = ServerProcess.serve(folder, config, data);
    newer = new NewerServer(server.url());
  }

  @AfterAll
  void end() throws IOException {
    newer.close();
    server.close();
    redis.close();
    Files.writeString(TABLE, table.markdown());
  }

  @Test
  @Order(1)
  void theServerShowsTheImportedBackupsAsTheyAre() throws Exception {
    Map<String, String> createdAt = new LinkedHashMap<>();
    for (JsonNode backup : server.get(LIST).path("backups")) {
      createdAt.put(backup.path("id").asText(), backup.path("createdAt").asText());
    }
    assertThat(String.join(" ", createdAt.keySet())).isEqualTo(ImportedBackups.ids());
    assertThat(ImportedBackups.fractions().split(" ", -1))
        .hasSize(4)
        .allMatch(pair -> pair.split("=", 2)[1].equals(createdAt.get(pair.split("=", 2)[0])));
  }

  @Test
  @Order(1)
  void theNewerServerDiffersInNothingElse() throws Exception {
    HttpResponse<String> seen =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(newer.url() + LIST)).build(),
                HttpResponse.BodyHandlers.ofString());
    JsonNode expected = server.get(LIST);
    for (JsonNode backup : expected.path("backups")) {
      ((ObjectNode) backup).put("type", NewerServer.TYPE).put(NewerServer.PROPERTY, "LARGE");
    }
    JsonNode shown = new ObjectMapper().readTree(seen.body());
    assertThat(shown).isEqualTo(expected);
    assertThat(seen.headers().firstValue("x-request-id")).isPresent();
  }

  @Order(2)
  @ParameterizedTest
  @MethodSource("languages")
  void everyStepWorksIn(String language) throws Exception {
    Path client = CLIENTS.resolve(language);
    Consumer consumer =
        new Consumer(LANGUAGES.resolve(language).resolve("run"), WORK.resolve(language), LONGEST);
    Set<Path> before = sources();
    Consumer.Run run;
    try {
      assertThat(client).as("the generated client").isNotEmptyDirectory();
      run = consumer.run(environment(language, client));
    } catch (Report.MalformedException | IOException | AssertionError e) {
      table.addBroken(language, String.valueOf(e.getMessage()));
      fail(e.getMessage() + "\nIts log is " + consumer.log());
      return;
    }
    Report report = run.report();
    if (report == null) {
      table.addSkipped(language, run.reason());
      Assumptions.abort(run.reason());
      return;
    }
    table.add(language, report);
    assertThat(report.failed()).as("the log is %s", consumer.log()).isEmpty();
    assertThat(sources()).as("nothing is written among the sources").isEqualTo(before);
  }

  @Test
  @Order(3)
  void theReadmeKeepsTheTable() throws IOException {
    String readme = Files.readString(LANGUAGES.resolveSibling("README.md"));

    assertThat(table.differences(readme)).as("copy the lines that differ from %s", TABLE).isEmpty();
  }

  /** All that have a consumer or a generated client, unless fewer are asked for. */
  static List<String> languages() throws IOException {
    String asked = System.getProperty("languages", "");
    if (!asked.isBlank()) {
      return List.of(asked.split(",", -1));
    }
    try (Stream<Path> folders = Files.list(LANGUAGES)) {
      return folders.map(folder -> folder.getFileName().toString()).sorted().toList();
    }
  }

  private Map<String, String> environment(String language, Path client) {
    return Map.of(
        "SERVER", server.url(),
        "NEWER_SERVER", newer.url(),
        "FOLDER_ID", ImportedBackups.FOLDER,
        "EXPECTED_IDS", ImportedBackups.ids(),
        "FRACTIONS", ImportedBackups.fractions(),
        "CLUSTER_ID", cluster(language),
        "MISSING_ID", ImportedBackups.missing(),
        "CLIENT", client.toString(),
        "JAVA_HOME", System.getProperty("java.home"));
  }

  /** One each, so that they do not get in each other's way. */
  private static String cluster(String language) {
    return "c9qlive-" + language;
  }

  private static Set<Path> sources() throws IOException {
    try (Stream<Path> files = Files.walk(LANGUAGES)) {
      return new TreeSet<>(new ArrayList<>(files.toList()));
    }
  }

  private static Path folder(String property) {
    return Path.of(Objects.requireNonNull(System.getProperty(property), "run by -Pclients"))
        .toAbsolutePath()
        .normalize();
  }
}
