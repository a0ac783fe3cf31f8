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
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The packaged server, killed before every durable step of a scenario and after the last one, and
 * with a disk that fails at every step. The steps are not listed here: they are what the server
 * does when all goes well. After each case everything must agree, and the next backup must succeed.
 * What came of each case is compared with README.md, section "Crash matrix".
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Execution(ExecutionMode.SAME_THREAD)
class CrashMatrixIT {
  private static final String FOLDER = "b1gfolder";
  private static final String CLUSTER = "matrix";
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String LATER = "listed after the next start";
  private static final Step END = new Step("commit \"record the end of operation\"", 1);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** How a message names the cause, whoever met it. */
  private static final Map<Fault, Pattern> CAUSES =
      Map.of(
          Fault.FULL, Pattern.compile("disk is full"),
          Fault.BROKEN, Pattern.compile("Input/output error|reading or writing the file failed"),
          Fault.READ_ONLY, Pattern.compile("[Rr]ead-only"));

  /** What is interrupted. */
  private enum Scenario {
    BACKUP("listed", "nothing left") {
      @Override
      CompletableFuture<HttpResponse<String>> send(ServerProcess server, String backup) {
        return server.send("POST", "/managed-redis/v1/clusters/" + CLUSTER + ":backup");
      }

      @Override
      boolean took(String backup, Set<String> before, Set<String> now) {
        return now.size() > before.size();
      }
    },
    DELETE("gone", "kept") {
      @Override
      CompletableFuture<HttpResponse<String>> send(ServerProcess server, String backup) {
        return server.send("DELETE", "/managed-redis/v1/backups/" + backup);
      }

      @Override
      boolean took(String backup, Set<String> before, Set<String> now) {
        return !now.contains(backup);
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

    /** Whether it had its effect, by the lists before and after. */
    abstract boolean took(String backup, Set<String> before, Set<String> now);

    /** Whether there must be a backup first. */
    boolean needsBackup() {
      return this != BACKUP;
    }
  }

  /** Before a case: the operations and the backups that there are, and the one it is about. */
  private record Before(Set<String> operations, Set<String> backups, String backup) {}

  private final RedisProcess first = redis();
  private final RedisProcess second = redis();
  private Path folder = Path.of("");
  private Path temporary = Path.of("");
  private Path agent = Path.of("");
  private Path config = Path.of("");
  private DataFolder data = new DataFolder(folder);
  private @Nullable StepControl control;
  private @Nullable ServerProcess server;

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

  @ParameterizedTest
  @EnumSource
  void whereverItIsCutOffEverythingAgreesAfterwards(Scenario scenario) throws Exception {
    List<Step> steps = steps(scenario);
    assertThat(steps).doesNotHaveDuplicates().hasSizeGreaterThan(5);
    String name = scenario.name().toLowerCase(Locale.ROOT);
    List<List<String>> rows = new ArrayList<>();
    for (Step step : steps) {
      rows.add(new ArrayList<>(List.of(step.toString(), killed(scenario, step))));
    }
    // Without a start in between, so one process sees them all.
    for (Fault fault : Fault.values()) {
      for (int i = 0; i < steps.size(); i++) {
        rows.get(i).add(failed(scenario, steps.get(i), fault));
      }
    }
    rows.add(List.of("(after the last step)", killed(scenario, null), "", "", ""));
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
  private List<Step> steps(Scenario scenario) throws Exception {
    Before before = before(scenario);
    Plan plan = Plan.undisturbed(before.operations());
    control().follow(plan);
    complete(scenario, before);
    clean();
    List<Step> steps = plan.steps();
    return steps.subList(0, steps.indexOf(END) + 1);
  }

  private void complete(Scenario scenario, Before before) throws Exception {
    JsonNode operation = JSON.readTree(answer(scenario.send(server(), before.backup())).body());
    JsonNode done = server().awaitDone(operation);
    assertThat(done.has("response")).as(done.toString()).isTrue();
    // It is told before it is recorded; the probe writes after that.
    assertThat(server().get("/health/ready")).isNotNull();
  }

  private String killed(Scenario scenario, @Nullable Step step) throws Exception {
    String where = scenario + ", killed before " + step;
    Before before = before(scenario);
    if (step == null) {
      complete(scenario, before);
    } else {
      Plan plan = Plan.hangBefore(step, before.operations());
      control().follow(plan);
      var unused = scenario.send(server(), before.backup());
      assertThat(plan.hanging()).as(where).succeedsWithin(PATIENCE).isEqualTo(step);
    }
    server().kill();
    start();
    List<JsonNode> operations = newOperations(before);
    Set<String> now = listed();
    boolean took = scenario.took(before.backup(), before.backups(), now);
    assertThat(operations).as(where).hasSizeLessThan(2);
    String outcome;
    if (operations.isEmpty()) {
      assertThat(now).as(where).isEqualTo(before.backups());
      outcome = "no operation";
    } else {
      JsonNode operation = operations.get(0);
      assertThat(operation.has("response")).as(where + operation).isEqualTo(took);
      outcome = told(operation);
      if (!took) {
        assertThat(outcome).as(where).isEqualTo("ABORTED");
      }
    }
    data.assertHoldsExactly(now);
    assertThat(temporary).as(where).isEmptyDirectory();
    backUp(CLUSTER);
    clean();
    return outcome + "; " + (took ? scenario.done : scenario.undone);
  }

  private String failed(Scenario scenario, Step step, Fault fault) throws Exception {
    String where = scenario + ", " + fault + " at " + step;
    Before before = before(scenario);
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
    Set<String> now = listed();
    boolean took = scenario.took(before.backup(), before.backups(), now);
    if (answer.statusCode() == 200) {
      outcome = told(operation);
      assertThat(operation.has("response")).as(where + operation).isEqualTo(took && !later);
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
      assertThat(now).as(where).isEqualTo(before.backups());
    }
    outcome += "; " + (took ? scenario.done : scenario.undone);
    // Without a start in between.
    backUp(CLUSTER);
    assertThat(server().get("/health/ready")).isNotNull();
    Set<String> unlisted = new HashSet<>(data.committed());
    unlisted.removeAll(listed());
    assertThat(unlisted).as(where).hasSize(later ? 1 : 0);
    if (later) {
      server().kill();
      start();
      assertThat(listed()).as(where).containsAll(unlisted);
      outcome = told(operation) + "; " + LATER;
    }
    data.assertHoldsExactly(listed());
    clean();
    return outcome;
  }

  private Before before(Scenario scenario) throws Exception {
    String backup = scenario.needsBackup() ? backUp(CLUSTER) : "";
    Set<String> operations =
        server().operations(CLUSTER).stream()
            .map(operation -> operation.path("id").asText())
            .collect(Collectors.toSet());
    return new Before(operations, listed(), backup);
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
    data.assertHoldsExactly(listed());
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
