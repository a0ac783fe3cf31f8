package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.crash.AgentJar;
import io.managedredis.crash.DataFolder;
import io.managedredis.crash.Fault;
import io.managedredis.crash.Plan;
import io.managedredis.crash.Step;
import io.managedredis.crash.StepControl;
import io.managedredis.operation.StatusCode;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged server, killed before every durable step of a scenario and after the last one, and
 * with a disk that fails at every step. The steps are not listed here: they are what the server
 * does when all goes well. After each case everything must agree, and the next backup must succeed.
 * What came of each case is compared with README.md, section "Crash matrix".
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class CrashMatrix {
  private static final String FOLDER = "b1gfolder";
  private static final String CLUSTER = "matrix";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LATER = "listed with the next backup or deletion";
  private static final Step END = new Step("commit \"record the end of operation\"", 1);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How a message names the cause, whoever met it. */
  private static final Map<Fault, Pattern> CAUSES =
      Map.of(
          Fault.FULL, Pattern.compile("disk is full"),
          Fault.BROKEN, Pattern.compile("Input/output error|reading or writing the file failed"),
          Fault.READ_ONLY, Pattern.compile("[Rr]ead-only"));

  /**
   * What there is of a cluster.
   *
   * @param verifiedAt when the backup that a case is about was verified last; empty for never
   * @param damaged whether that found it damaged
   */
  private record State(Set<String> backups, String verifiedAt, boolean damaged) {}

  /** What is interrupted. */
  enum Scenario {
    BACKUP("listed", "nothing left") {
      @Override
      CompletableFuture<HttpResponse<String>> send(ServerProcess server, String backup) {
        return server.send("POST", "/managed-redis/v1/clusters/" + CLUSTER + ":backup");
      }

      @Override
      boolean took(String backup, State before, State now) {
        return now.backups().size() > before.backups().size();
      }
    },
    DELETE("gone", "kept") {
      @Override
      CompletableFuture<HttpResponse<String>> send(ServerProcess server, String backup) {
        return server.send("DELETE", "/managed-redis/v1/backups/" + backup);
      }

      @Override
      boolean took(String backup, State before, State now) {
        return !now.backups().contains(backup);
      }
    },
    VERIFY("verified", "not verified") {
      @Override
      CompletableFuture<HttpResponse<String>> send(ServerProcess server, String backup) {
        return server.send("POST", "/managed-redis/v1/backups/" + backup + ":verify");
      }

      @Override
      boolean took(String backup, State before, State now) {
        boolean took = !now.verifiedAt().equals(before.verifiedAt());
        assertThat(before.damaged()).isTrue();
        assertThat(now.damaged()).isEqualTo(!took);
        return took;
      }
    };

    private final String done;
    private final String undone;

    Scenario(String done, String undone) {
      this.done = done;
      this.undone = undone;
    }

    /** Asks for it; the backup is one that was taken for it. */
    abstract CompletableFuture<HttpResponse<String>> send(ServerProcess server, String backup);

    /** Whether it had its effect. */
    abstract boolean took(String backup, State before, State now);

    /** Whether there must be a backup first. */
    boolean needsBackup() {
      return this != BACKUP;
    }
  }

  /** Before a case: the operations that there are, and the backup it is about, or none. */
  private record Before(Set<String> operations, State state, String backup) {}

  private final Scenario scenario;
  private final RedisProcess first = redis();
  private final RedisProcess second = redis();
  private Path folder = Path.of("");
  private Path temporary = Path.of("");
  private Path agent = Path.of("");
  private Path config = Path.of("");
  private DataFolder data = new DataFolder(folder);
  private @Nullable StepControl control;
  private @Nullable ServerProcess server;

  /** The matrix of one scenario; each has a class of its own, so that they run side by side. */
  CrashMatrix(Scenario scenario) {
    this.scenario = scenario;
  }

  /**
   * Saves at once, and looks often whether the save has ended: the server is not what is tested.
   */
  private static RedisProcess redis() {
    return RedisProcess.builder()
        .setting("repl-diskless-sync", "no")
        .setting("hz", "500")
        .setting("dynamic-hz", "no")
        .start();
  }

  @BeforeEach
  void prepare(@TempDir Path temp) throws Exception {
    first.fill(50, 100);
    second.fill(20, 300);
    folder = temp.toRealPath();
    temporary = Files.createDirectory(folder.resolve("tmp"));
    data = new DataFolder(folder.resolve("data"));
    agent = folder.resolve("agent.jar");
    AgentJar.write(agent, ServerProcess.jar());
    config =
        Files.writeString(
            folder.resolve("config.yaml"),
            """
            backup: {parallelShards: 1}
            clusters:
              - {id: untouched, folderId: %1$s, nodes: ["%2$s"]}
              - id: %4$s
                folderId: %1$s
                shards:
                  - {name: shard1, nodes: ["%2$s"]}
                  - {name: shard2, nodes: ["%3$s"]}
            """
                .formatted(FOLDER, first.address(), second.address(), CLUSTER));
    control = new StepControl(folder.resolve("data").resolve("repository"));
    start();
    backUp("untouched");
  }

  @AfterEach
  void end() throws IOException {
    if (server != null) {
      server.close();
    }
    if (control != null) {
      control.close();
    }
  }

  @AfterAll
  void stop() {
    first.close();
    second.close();
  }

  @Test
  void whereverItIsCutOffEverythingAgreesAfterwards() throws Exception {
    List<Step> steps = steps();
    assertThat(steps).doesNotHaveDuplicates().hasSizeGreaterThan(5);
    String name = scenario.name().toLowerCase(Locale.ROOT);
    List<List<String>> rows = new ArrayList<>();
    for (Step step : steps) {
      rows.add(new ArrayList<>(List.of(step.toString(), killed(step))));
    }
    // Without a start in between, so one process sees them all.
    for (Fault fault : Fault.values()) {
      for (int i = 0; i < steps.size(); i++) {
        rows.get(i).add(failed(steps.get(i), fault));
      }
    }
    rows.add(List.of("(after the last step)", killed(null), "", "", ""));
    rows.add(0, List.of("---", "---", "---", "---", "---"));
    rows.add(
        0, List.of("step of " + name, "killed before it", "full disk", "I/O error", "read-only"));
    String table =
        rows.stream()
            .map(row -> "| " + String.join(" | ", row) + " |")
            .collect(Collectors.joining("\n"));
    Files.write(
        Files.createDirectories(Path.of("target")).resolve("crash-matrix-" + name + ".md"),
        List.of(table));
    assertThat(Files.readString(Path.of("README.md")))
        .as("README.md, section Crash matrix; the table as it is now is in target/")
        .contains(table);
  }

  /** What the server does when all goes well. */
  private List<Step> steps() throws Exception {
    Before before = before();
    Plan plan = Plan.undisturbed(before.operations());
    control().follow(plan);
    complete(before);
    clean();
    List<Step> steps = plan.steps();
    return inOrder(steps.subList(0, steps.indexOf(END) + 1));
  }

  /** In which order a folder's files are removed is the file system's business. */
  private static List<Step> inOrder(List<Step> steps) {
    List<Step> ordered = new ArrayList<>();
    List<Step> removals = new ArrayList<>();
    for (Step step : steps) {
      if (step.name().startsWith("delete ") && !step.name().endsWith("/")) {
        removals.add(step);
      } else {
        removals.sort(Comparator.comparing(Step::name).thenComparing(Step::occurrence));
        ordered.addAll(removals);
        removals.clear();
        ordered.add(step);
      }
    }
    return ordered;
  }

  private void complete(Before before) throws Exception {
    JsonNode operation = JSON.readTree(answer(scenario.send(server(), before.backup())).body());
    JsonNode done = server().awaitDone(operation);
    assertThat(done.has("response")).as(done.toString()).isTrue();
    // It is told before it is recorded; the probe writes after that.
    assertThat(server().get("/health/ready")).isNotNull();
  }

  private String killed(@Nullable Step step) throws Exception {
    String where = scenario + ", killed before " + step;
    Before before = before();
    if (step == null) {
      complete(before);
    } else {
      Plan plan = Plan.hangBefore(step, before.operations());
      control().follow(plan);
      var unused = scenario.send(server(), before.backup());
      assertThat(plan.hanging()).as(where).succeedsWithin(PATIENCE).isEqualTo(step);
    }
    server().kill();
    start();
    List<JsonNode> operations = newOperations(before);
    State now = state(before.backup());
    boolean took = scenario.took(before.backup(), before.state(), now);
    assertThat(operations).as(where).hasSizeLessThan(2);
    String outcome;
    if (operations.isEmpty()) {
      assertThat(now).as(where).isEqualTo(before.state());
      outcome = "no operation";
    } else {
      JsonNode operation = operations.get(0);
      assertThat(operation.has("response")).as(where + operation).isEqualTo(took);
      outcome = told(operation);
      if (!took) {
        assertThat(outcome).as(where).isEqualTo("ABORTED");
      }
    }
    assertThat(countedDamaged()).as(where).isEqualTo(now.damaged() ? 1 : 0);
    assertFiles();
    assertThat(temporary).as(where).isEmptyDirectory();
    backUp(CLUSTER);
    assertAllVerifies();
    clean();
    return outcome + "; " + (took ? scenario.done : scenario.undone);
  }

  private String failed(Step step, Fault fault) throws Exception {
    String where = scenario + ", " + fault + " at " + step;
    Before before = before();
    Plan plan = Plan.failAt(step, fault, before.operations());
    control().follow(plan);
    HttpResponse<String> answer = answer(scenario.send(server(), before.backup()));
    JsonNode operation = JSON.readTree(answer.body());
    if (answer.statusCode() == 200) {
      operation = server().awaitDone(operation);
    }
    // The end is told before it is recorded.
    Awaitility.await(where)
        .atMost(PATIENCE)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(plan::reached);
    Plan healed = Plan.undisturbed(before.operations());
    control().follow(healed);
    boolean later = operation.path("error").path("message").asText().contains(LATER);
    if (later) {
      // It was told, but could not be recorded so far.
      Awaitility.await(where).atMost(PATIENCE).until(() -> healed.steps().contains(END));
    }
    String outcome;
    State now = state(before.backup());
    boolean took = scenario.took(before.backup(), before.state(), now);
    if (answer.statusCode() == 200) {
      outcome = told(operation);
      if (scenario != Scenario.VERIFY) {
        assertThat(operation.has("response")).as(where + operation).isEqualTo(took && !later);
      } else if (operation.has("response")) {
        assertThat(took).as(where).isTrue();
      }
      if (operation.has("error")) {
        JsonNode error = operation.path("error");
        assertThat(error.path("message").asText()).as(where).containsPattern(CAUSES.get(fault));
        assertThat(outcome)
            .as(where)
            .isEqualTo(
                (fault == Fault.FULL ? StatusCode.RESOURCE_EXHAUSTED : StatusCode.INTERNAL).name());
      }
    } else {
      outcome = "refused, " + code(operation);
      assertThat(newOperations(before)).as(where).isEmpty();
      assertThat(now).as(where).isEqualTo(before.state());
    }
    outcome =
        later ? outcome + "; " + LATER : outcome + "; " + (took ? scenario.done : scenario.undone);
    Set<String> unlisted = new HashSet<>();
    if (later) {
      unlisted.addAll(data.committed());
      unlisted.removeAll(now.backups());
      assertThat(unlisted).as(where).hasSize(1);
    }
    // Without a start in between.
    backUp(CLUSTER);
    assertThat(server().get("/health/ready")).isNotNull();
    assertThat(listed()).as(where).containsAll(unlisted);
    assertFiles();
    assertAllVerifies();
    clean();
    return outcome;
  }

  private Before before() throws Exception {
    String backup = scenario.needsBackup() ? backUp(CLUSTER) : "";
    if (scenario == Scenario.DELETE) {
      verify(backup);
    } else if (scenario == Scenario.VERIFY) {
      findDamaged(backup);
    }
    Set<String> operations = new HashSet<>();
    for (String cluster : List.of(CLUSTER, "untouched")) {
      server()
          .operations(cluster)
          .forEach(operation -> operations.add(operation.path("id").asText()));
    }
    return new Before(operations, state(backup), backup);
  }

  /** Its file was away when it was verified last, and is back. */
  private void findDamaged(String backup) throws Exception {
    Path file = data.shard(backup, "shard1");
    Path away = Files.move(file, folder.resolve("away"));
    JsonNode done = server().awaitDone(server().verify(backup));
    Files.move(away, file);
    assertThat(done.path("error").path("code").asInt()).isEqualTo(StatusCode.DATA_LOSS.number());
  }

  private State state(String backup) throws Exception {
    Set<String> backups = listed();
    JsonNode proof = backups.contains(backup) ? server().proof(backup) : JSON.createObjectNode();
    return new State(backups, verifiedAt(proof), proof.path("damaged").asBoolean());
  }

  private static String verifiedAt(JsonNode proof) {
    return proof.path("verifiedAt").asText("");
  }

  /** What the server's metrics say. */
  private long countedDamaged() throws Exception {
    String metrics = answer(server().send("GET", "/metrics")).body();
    return metrics
        .lines()
        .filter(line -> line.startsWith("managed_redis_backups_damaged{cluster=\"" + CLUSTER))
        .mapToLong(line -> (long) Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
        .findFirst()
        .orElseThrow();
  }

  /** The files are those of what is listed, and of the verifications that are told. */
  private void assertFiles() throws Exception {
    Set<String> backups = listed();
    Set<String> verified = new HashSet<>();
    for (String backup : backups) {
      if (!verifiedAt(server().proof(backup)).isEmpty()) {
        verified.add(backup);
      }
    }
    data.assertHoldsExactly(backups, verified);
  }

  /** What is listed is complete and verifies. */
  private void assertAllVerifies() throws Exception {
    Set<String> backups = listed();
    List<JsonNode> started = new ArrayList<>();
    for (String backup : backups) {
      started.add(server().verify(backup));
    }
    for (JsonNode operation : started) {
      JsonNode done = server().awaitDone(operation);
      assertThat(done.has("response")).as(done.toString()).isTrue();
    }
    assertThat(countedDamaged()).isZero();
    data.assertHoldsExactly(backups, backups);
  }

  private void verify(String backup) throws Exception {
    JsonNode done = server().awaitDone(server().verify(backup));
    assertThat(done.has("response")).as(done.toString()).isTrue();
  }

  private List<JsonNode> newOperations(Before before) throws Exception {
    List<JsonNode> operations = new ArrayList<>();
    for (JsonNode operation : server().operations(CLUSTER)) {
      if (!before.operations().contains(operation.path("id").asText())) {
        operations.add(server().awaitDone(operation));
      }
    }
    return operations;
  }

  private static String told(JsonNode operation) {
    return operation.has("response") ? "done" : code(operation.path("error"));
  }

  private static String code(JsonNode status) {
    return StatusCode.ofNumber(status.path("code").asInt()).orElseThrow().name();
  }

  private static HttpResponse<String> answer(CompletableFuture<HttpResponse<String>> answer)
      throws Exception {
    return answer.get(PATIENCE.toSeconds(), TimeUnit.SECONDS);
  }

  private Set<String> listed() throws Exception {
    return new HashSet<>(server().backups(FOLDER));
  }

  /** A backup that succeeds. */
  private String backUp(String cluster) throws Exception {
    JsonNode done = server().awaitDone(server().backUp(cluster));
    assertThat(done.has("response")).as(done.toString()).isTrue();
    return done.path("metadata").path("backupId").asText();
  }

  /** Every case begins with a cluster of which there is nothing, beside one that has a backup. */
  private void clean() throws Exception {
    for (String id : listed()) {
      if (id.startsWith(CLUSTER)) {
        JsonNode done = server().awaitDone(server().delete(id));
        assertThat(done.has("response")).as(done.toString()).isTrue();
      }
    }
    assertThat(listed()).hasSize(1);
    assertFiles();
  }

  private void start() throws IOException {
    control().follow(Plan.undisturbed(Set.of()));
    server =
        ServerProcess.serve(
            folder,
            config,
            folder.resolve("data"),
            control().jvmOption(agent),
            "-Djava.io.tmpdir=" + temporary);
  }

  private StepControl control() {
    return Objects.requireNonNull(control);
  }

  private ServerProcess server() {
    return Objects.requireNonNull(server);
  }
}
