package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.access.Grant;
import io.managedredis.access.Role;
import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import io.managedredis.testing.Tokens;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Who may call what, where: each operation, for each role, in the folder of the role and in another
 * one. The table is {@code src/test/resources/io/managedredis/http/roles.txt}; {@code
 * -Droles.write=true} writes it anew.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RolesTest {

  private static final Contract CONTRACT = Contract.present();
  private static final Path TABLE = Path.of("src/test/resources/io/managedredis/http/roles.txt");
  private static final String V1 = "/managed-redis/v1";
  private static final String ALL = "anybody@all";
  private static final int TIMED = 400;

  private final ObjectMapper json = new ObjectMapper();
  private final RedisProcess redis;
  private final RunningService service;
  private final Tokens tokens;
  private final String all;

  /** What each folder has. */
  private final Map<String, Things> things = new LinkedHashMap<>();

  /** Header values by the name that the table has for the caller. */
  private final Map<String, String> callers = new LinkedHashMap<>();

  /** Values of parameters by their names. */
  private record Things(Map<String, String> values) {
    Call of(DeclaredOperation operation) {
      Call call = Call.of(operation);
      for (Map.Entry<String, String> value : values.entrySet()) {
        if (operation.parameter(value.getKey()).isPresent()) {
          call = call.with(value.getKey(), value.getValue());
        }
      }
      return call;
    }
  }

  RolesTest(@TempDir Path folder) throws IOException {
    redis = RedisProcess.start();
    tokens = new Tokens(folder);
    all = tokens.bearer(ALL, Role.ADMIN, Grant.ANY_FOLDER);
    for (Role role : Role.values()) {
      callers.put(role.toString(), tokens.bearer("a " + role, role, "own"));
    }
    callers.put("nobody", "");
    String expired =
        tokens.bearer("late", Duration.ofSeconds(1), List.of(new Grant(Role.ADMIN, "own")));
    callers.put("expired", expired);
    callers.put("unknown", "Bearer mrb_0123456789ab_" + "0".repeat(64));
    service =
        RunningService.in(folder)
            .cluster("c9qown", "own", redis.address())
            .cluster("c9qother", "other", redis.address())
            .setting("auth", tokens.setting())
            .start();
    for (String name : List.of("own", "other")) {
      Map<String, String> values = new LinkedHashMap<>();
      values.put("folderId", name);
      values.put("clusterId", "c9q" + name);
      values.put("shardName", "shard1");
      things.put(name, new Things(values));
      renewBackup(name);
    }
    Awaitility.await()
        .until(() -> send("GET", V1 + "/clusters?folderId=own", expired).statusCode() == 401);
  }

  @AfterAll
  void end() {
    service.close();
    redis.close();
  }

  @BeforeEach
  void bothFoldersHaveABackup() {
    things.keySet().forEach(this::requireBackup);
  }

  @Test
  void everyOperationIsAnsweredToEveryCallerAsTheTableSays() throws IOException {
    List<String> lines = new ArrayList<>();
    lines.add(line("operation", "in the folder", List.copyOf(callers.keySet())));
    for (DeclaredOperation operation : CONTRACT.operations()) {
      for (String folder : things.keySet()) {
        List<String> cells = new ArrayList<>();
        for (String caller : callers.values()) {
          requireBackup(folder);
          cells.add(cell(operation, in(folder).of(operation), caller));
        }
        lines.add(line(operation.id(), folder, cells));
      }
    }
    if (Boolean.getBoolean("roles.write")) {
      Files.write(TABLE, lines);
    }

    assertThat(lines)
        .as("who may call what has changed; if that is meant, write %s anew", TABLE)
        .isEqualTo(Files.readAllLines(TABLE));
  }

  private String cell(DeclaredOperation operation, Call call, String caller) {
    HttpResponse<String> answer = send(operation.method(), call.target(), caller);
    if (answer.statusCode() != 200) {
      return Integer.toString(answer.statusCode());
    }
    if (!operation.method().equals("GET")) {
      awaitDone(read(answer).path("id").asText());
    }
    boolean empty =
        operation.isPaged() && read(answer).properties().iterator().next().getValue().isEmpty();
    return empty ? "200 empty" : "200";
  }

  private static String line(String first, String second, List<String> cells) {
    StringBuilder line = new StringBuilder("%-24s %-14s".formatted(first, second));
    cells.forEach(cell -> line.append(" %-10s".formatted(cell)));
    return line.toString().stripTrailing();
  }

  static Stream<DeclaredOperation> ofOneThing() {
    return CONTRACT.operations().stream().filter(operation -> operation.path().contains("{"));
  }

  @ParameterizedTest
  @MethodSource("ofOneThing")
  void whatLiesInAnotherFolderIsAnsweredLikeWhatIsNotThere(DeclaredOperation operation) {
    Map<String, String> missing = new LinkedHashMap<>(in("other").values());
    missing.put("clusterId", "c9qnowhere");
    missing.put("backupId", "c9qnowhere:20260101T000000-aaaaaaaa");
    missing.put("operationId", "a".repeat(20));

    for (String role : List.of("viewer", "admin")) {
      HttpResponse<String> other =
          send(operation.method(), in("other").of(operation).target(), as(role));
      HttpResponse<String> none =
          send(operation.method(), new Things(missing).of(operation).target(), as(role));

      assertThat(other.statusCode()).isEqualTo(none.statusCode()).isEqualTo(404);
      assertThat(withoutIds(other, in("other").values())).isEqualTo(withoutIds(none, missing));
      assertThat(other.headers().map().keySet()).isEqualTo(none.headers().map().keySet());
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"getBackup", "getCluster", "getOperation", "listBackups", "verifyBackup"})
  void whatLiesInAnotherFolderTakesTheTimeOfWhatIsNotThere(String id) {
    DeclaredOperation operation = CONTRACT.operation(id);
    Map<String, String> missing = new LinkedHashMap<>(in("other").values());
    missing.put("folderId", "nowhere");
    missing.put("clusterId", "c9qnowhere");
    missing.put("backupId", "c9qnowhere:20260101T000000-aaaaaaaa");
    missing.put("operationId", "a".repeat(20));
    String other = in("other").of(operation).target();
    String none = new Things(missing).of(operation).target();

    // A machine that does something else meanwhile tells nothing; one that is quiet once does.
    Awaitility.await()
        .atMost(Duration.ofMinutes(1))
        .pollDelay(Duration.ZERO)
        .untilAsserted(
            () -> {
              long[] there = new long[TIMED];
              long[] nowhere = new long[TIMED];
              for (int i = 0; i < TIMED; i++) {
                there[i] = nanos(operation.method(), other);
                nowhere[i] = nanos(operation.method(), none);
              }
              assertThat(median(there) / median(nowhere)).isBetween(0.75, 1.33);
            });
  }

  private long nanos(String method, String target) {
    long started = System.nanoTime();
    HttpResponse<String> unused = send(method, target, as("viewer"));
    return System.nanoTime() - started;
  }

  private static double median(long[] nanos) {
    Arrays.sort(nanos);
    return nanos[nanos.length / 2];
  }

  @Test
  void anOperationIsItsCallersAndNamesThem() {
    HttpResponse<String> started = send("POST", V1 + "/clusters/c9qown:backup", as("editor"));
    JsonNode operation = read(started);
    awaitDone(operation.path("id").asText());

    assertThat(operation.path("createdBy").asText()).isEqualTo("a editor");
  }

  @Test
  void theSameKeyOfAnotherCallerIsAnotherKey() {
    String key = UUID.randomUUID().toString();
    String path = V1 + "/clusters/c9qown:backup";
    String first =
        read(send("POST", path, as("editor"), "Idempotency-Key", key)).path("id").asText();
    awaitDone(first);
    String second =
        read(send("POST", path, as("admin"), "Idempotency-Key", key)).path("id").asText();
    awaitDone(second);

    assertThat(second).isNotEqualTo(first);
    assertThat(read(send("POST", path, as("editor"), "Idempotency-Key", key)).path("id").asText())
        .isEqualTo(first);
  }

  @Test
  void aBackupThatIsGoneIsNotToldToOthersByTheKeyOfItsDeletion() {
    String key = UUID.randomUUID().toString();
    String target = V1 + "/backups/" + in("other").values().get("backupId");
    HttpResponse<String> deleted = send("DELETE", target, all, "Idempotency-Key", key);
    awaitDone(read(deleted).path("id").asText());

    assertThat(send("DELETE", target, as("admin"), "Idempotency-Key", key).statusCode())
        .isEqualTo(404);
    assertThat(send("DELETE", target, all, "Idempotency-Key", key).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"/", "/docs/", "/openapi.yaml", "/openapi.json", "/health/live"})
  void thePagesAreForEverybody(String path) {
    assertThat(send("GET", path, "").statusCode()).isEqualTo(200);
  }

  @Test
  void theLandingPageTellsNobodyWhatIsDeclared() {
    assertThat(send("GET", "/", "").body())
        .contains("CLUSTER_ID", "FOLDER_ID", "Authorization: Bearer $TOKEN")
        .doesNotContain("c9qown", "c9qother");
  }

  @Test
  void theMetricsAreForThoseWhoSeeAllFolders() {
    assertThat(send("GET", "/metrics", "").statusCode()).isEqualTo(401);
    assertThat(send("GET", "/metrics", as("admin")).statusCode()).isEqualTo(403);
    assertThat(send("GET", "/metrics", all).statusCode()).isEqualTo(200);
  }

  @ParameterizedTest
  @ValueSource(strings = {"Bearer", "Basic YTpi", "Bearer a b", "Bearer \"", "bearer\tx"})
  void anAuthorizationOfAnotherShapeIsNoneAndIsNotSaidToBe(String authorization) {
    HttpResponse<String> answer = send("GET", V1 + "/backups?folderId=own", authorization);
    HttpResponse<String> without = send("GET", V1 + "/backups?folderId=own", "");

    assertThat(answer.statusCode()).isEqualTo(401);
    assertThat(withoutIds(answer, Map.of())).isEqualTo(withoutIds(without, Map.of()));
  }

  @Test
  void whoDoesNotSayWhoTheyAreIsNotToldWhatIsThere() {
    for (String path :
        List.of("/nothing", V1 + "/backups", V1 + "/backups/x?y=z", V1 + "/clusters/c9qown:what")) {
      assertThat(send("GET", path, "").statusCode()).as(path).isEqualTo(401);
    }
  }

  private HttpResponse<String> send(
      String method, String target, String authorization, String... headers) {
    List<String> sent = new ArrayList<>(List.of(headers));
    if (!authorization.isEmpty()) {
      sent.addAll(List.of("Authorization", authorization));
    }
    return service.sendBroken(method, target, sent.toArray(String[]::new));
  }

  private Things in(String folder) {
    return Objects.requireNonNull(things.get(folder));
  }

  private String as(String caller) {
    return Objects.requireNonNull(callers.get(caller));
  }

  private void requireBackup(String folder) {
    String target = V1 + "/backups/" + in(folder).values().get("backupId");
    if (send("GET", target, all).statusCode() == 404) {
      renewBackup(folder);
    }
  }

  private void renewBackup(String folder) {
    Map<String, String> values = in(folder).values();
    JsonNode started =
        read(send("POST", V1 + "/clusters/" + values.get("clusterId") + ":backup", all));
    String operation = started.path("id").asText();
    values.put("operationId", operation);
    values.put("backupId", awaitDone(operation).at("/metadata/backupId").asText());
  }

  private JsonNode awaitDone(String operation) {
    return Awaitility.await()
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(20))
        .until(
            () -> read(send("GET", "/operations/" + operation, all)),
            state -> state.path("done").asBoolean());
  }

  private JsonNode read(HttpResponse<String> answer) {
    try {
      return json.readTree(answer.body());
    } catch (JsonProcessingException e) {
      throw new AssertionError("not JSON: " + answer.body(), e);
    }
  }

  private static String withoutIds(HttpResponse<String> answer, Map<String, String> values) {
    String body = answer.body().replaceAll("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "UUID");
    // A backup's id has its cluster's in it.
    for (String name : List.of("backupId", "operationId", "clusterId")) {
      body = values.containsKey(name) ? body.replace(String.valueOf(values.get(name)), name) : body;
    }
    return body;
  }
}
