package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.client.ApiException;
import io.managedredis.testing.Call;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.FaultProxy;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the contract promises of every call that changes something: it can be repeated, and followed
 * to its end.
 */
@Tag("contract")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class RepeatedChangeTest {

  private static final Contract CONTRACT = Contract.present();
  private static final String KEY = "Idempotency-Key";
  private static final String FOLDER = "b1grepeated";
  private static final String CLUSTER = "c9qrepeated000000001";

  /** Nothing listens at its node. */
  private static final String DEAD = "c9qrepeated000000002";

  /** Its node stops answering amid the snapshot. */
  private static final String STALLED = "c9qrepeated000000003";

  private static final Duration LONGEST = Duration.ofSeconds(10);

  private final RedisProcess redis =
      RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
  private final FaultProxy proxy = FaultProxy.to(redis);
  private final RunningService service;
  private final JsonNode running;

  RepeatedChangeTest(@TempDir Path folder) {
    redis.fill(100, 10_000);
    proxy.stallAfter(400_000);
    service =
        RunningService.in(folder)
            .cluster(CLUSTER, FOLDER, redis.address())
            .cluster(DEAD, FOLDER, "127.0.0.1:1")
            .cluster(STALLED, FOLDER, proxy.address())
            .backup("attempts", "1")
            .backup("stallTimeout", "10m")
            .start();
    running = body(Call.of(backup()).with("clusterId", STALLED).send(service));
  }

  @AfterAll
  void end() {
    // First, so that what is stalled ends at once.
    proxy.close();
    service.close();
    redis.close();
  }

  static Stream<DeclaredOperation> changes() {
    return CONTRACT.operations().stream().filter(o -> o.parameter(KEY).isPresent());
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aRepeatAnswersTheOperationThatTheFirstCallStarted(DeclaredOperation change)
      throws ApiException {
    Call call = fresh(change).with(KEY, key());

    JsonNode started = body(call.send(service));
    JsonNode done = end(started);

    assertThat(started.path("done").asBoolean()).isFalse();
    assertThat(done.path("id")).isEqualTo(started.path("id"));
    assertThat(done.path("response").isObject()).as("%s", done).isTrue();
    assertThat(body(call.send(service))).isEqualTo(done);
    assertThat(listed(CLUSTER)).contains(done).doesNotHaveDuplicates();
  }

  @ParameterizedTest
  @MethodSource("changes")
  void withoutAKeyEachCallIsAChangeOfItsOwn(DeclaredOperation change) throws ApiException {
    JsonNode first = end(body(fresh(change).send(service)));
    JsonNode second = end(body(fresh(change).send(service)));

    assertThat(second.path("id")).isNotEqualTo(first.path("id"));
  }

  @ParameterizedTest
  @MethodSource("changes")
  void aKeyOfAnotherChangeIsRefused(DeclaredOperation change) throws ApiException {
    String key = key();
    JsonNode other = end(body(fresh(other(change)).with(KEY, key).send(service)));

    HttpResponse<String> answer = fresh(change).with(KEY, key).send(service);

    Refusal refusal = Refusal.of(answer);
    assertThat(refusal.status()).isEqualTo(400);
    assertThat(refusal.code()).isEqualTo(3);
    assertThat(refusal.violations()).containsOnlyKeys(KEY);
    assertThat(refusal.violations().get(KEY)).contains(other.path("id").asText());
  }

  @Test
  void aRepeatOfWhatFailedAnswersTheFailure() {
    awaitIdle(DEAD);
    Call call = Call.of(backup()).with("clusterId", DEAD).with(KEY, key());

    JsonNode failed = end(body(call.send(service)));

    assertThat(failed.path("error").path("code").asInt()).isEqualTo(14);
    assertThat(body(call.send(service))).isEqualTo(failed);
    assertThat(listed(DEAD)).contains(failed);
  }

  @Test
  void whatRunsIsReadAndListedAsRunning() {
    JsonNode now = body(read(running).send(service));

    assertThat(now.path("done").asBoolean()).isFalse();
    assertThat(listed(STALLED)).extracting(o -> o.path("id")).containsExactly(now.path("id"));
    assertThat(listed(STALLED)).noneMatch(operation -> operation.path("done").asBoolean());
  }

  /** A call that starts something, on a thing of its own. */
  private Call fresh(DeclaredOperation change) throws ApiException {
    awaitIdle(CLUSTER);
    Call call = Call.of(change);
    return change.parameter("backupId").isPresent()
        ? call.with("backupId", service.takeBackup(CLUSTER))
        : call.with("clusterId", CLUSTER);
  }

  /** A test that failed may have left something that runs. */
  private void awaitIdle(String cluster) {
    Awaitility.await(cluster + " is idle")
        .atMost(LONGEST)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> listed(cluster).stream().allMatch(o -> o.path("done").asBoolean()));
  }

  private static DeclaredOperation other(DeclaredOperation change) {
    return changes().filter(one -> !one.id().equals(change.id())).findFirst().orElseThrow();
  }

  private static DeclaredOperation backup() {
    return CONTRACT.operation("backupCluster");
  }

  private static Call read(JsonNode operation) {
    return Call.of(CONTRACT.operation("getOperation"))
        .with("operationId", operation.path("id").asText());
  }

  private JsonNode end(JsonNode started) {
    return Awaitility.await("operation " + started + " is done")
        .atMost(LONGEST)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(10))
        .until(() -> body(read(started).send(service)), now -> now.path("done").asBoolean());
  }

  private List<JsonNode> listed(String cluster) {
    List<JsonNode> operations = new ArrayList<>();
    body(Call.of(CONTRACT.operation("listClusterOperations"))
            .with("clusterId", cluster)
            .with("pageSize", "1000")
            .send(service))
        .path("operations")
        .forEach(operations::add);
    return operations;
  }

  private static JsonNode body(HttpResponse<String> answer) {
    assertThat(answer.statusCode()).as("%s", answer.body()).isEqualTo(200);
    return Bodies.of(answer);
  }

  private static String key() {
    return UUID.randomUUID().toString();
  }
}
