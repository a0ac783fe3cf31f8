package io.managedredis.client.sdk;

import static io.managedredis.client.sdk.ScriptedServer.json;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.managedredis.client.ApiClient;
import io.managedredis.client.api.BackupApi;
import io.managedredis.client.api.ClusterApi;
import io.managedredis.client.api.OperationApi;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Paths and parameters are written by hand here, so each operation of the contract is called by
 * hand and by the generated client: the requests have to be the same.
 */
class SameRequestsTest {

  private static final String BACKUP = "c9q287aqv5rf11isjeql:20261122T031500-k7m2qzxa";
  private static final String KEY = "9f1c0a4e-8c57-4b0d-9a7e-2f4d6f0b1c35";
  private static final Path CONTRACT = Path.of("..", "openapi", "managed-redis.yaml");

  /** The same call, twice. */
  private record Twice(ByHand byHand, Generated generated) {}

  private interface ByHand {
    void call(ManagedRedis client) throws IOException;
  }

  private interface Generated {
    void call(ApiClient client) throws Exception;
  }

  private static final Map<String, Twice> CALLS = calls();

  private static Map<String, Twice> calls() {
    Map<String, Twice> calls = new LinkedHashMap<>();
    calls.put(
        "listBackups",
        new Twice(
            c -> all(c.listBackups("ä/b c+d&e")),
            backup(a -> a.listBackups("ä/b c+d&e", 7L, null))));
    calls.put("getBackup", new Twice(c -> c.getBackup(BACKUP), backup(a -> a.getBackup(BACKUP))));
    calls.put(
        "getBackupManifest",
        new Twice(c -> c.getBackupManifest(BACKUP), backup(a -> a.getBackupManifest(BACKUP))));
    calls.put(
        "deleteBackup",
        new Twice(c -> c.deleteBackup(BACKUP), backup(a -> a.deleteBackup(BACKUP, KEY))));
    calls.put(
        "verifyBackup",
        new Twice(c -> c.verifyBackup(BACKUP), backup(a -> a.verifyBackup(BACKUP, KEY))));
    calls.put(
        "downloadBackupShard",
        new Twice(
            c -> c.downloadBackupShard(BACKUP, "shard_1", OutputStream.nullOutputStream()),
            backup(a -> a.downloadBackupShard(BACKUP, "shard_1", null, null))));
    calls.put(
        "listClusters",
        new Twice(
            c -> all(c.listClusters("f", "name=\"a b\"")),
            cluster(a -> a.listClusters("f", 7L, null, "name=\"a b\""))));
    calls.put("getCluster", new Twice(c -> c.getCluster("c-1"), cluster(a -> a.getCluster("c-1"))));
    calls.put(
        "backupCluster",
        new Twice(c -> c.backupCluster("c-1"), cluster(a -> a.backupCluster("c-1", KEY))));
    calls.put(
        "listClusterShards",
        new Twice(
            c -> all(c.listClusterShards("c-1")),
            cluster(a -> a.listClusterShards("c-1", 7L, null))));
    calls.put(
        "listClusterBackups",
        new Twice(
            c -> all(c.listClusterBackups("c-1")),
            cluster(a -> a.listClusterBackups("c-1", 7L, null))));
    calls.put(
        "listClusterOperations",
        new Twice(
            c -> all(c.listClusterOperations("c-1")),
            cluster(a -> a.listClusterOperations("c-1", 7L, null))));
    calls.put(
        "getOperation",
        new Twice(c -> c.getOperation("o"), a -> new OperationApi(a).getOperation("o")));
    return calls;
  }

  @Test
  void everyOperationOfTheContractIsCalled() throws IOException {
    Set<String> declared = new TreeSet<>();
    for (JsonNode path : new YAMLMapper().readTree(CONTRACT.toFile()).path("paths")) {
      path.findValuesAsText("operationId").forEach(declared::add);
    }

    assertThat(CALLS.keySet()).containsExactlyInAnyOrderElementsOf(declared);
  }

  static Set<String> operations() {
    return CALLS.keySet();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void theRequestIsTheGeneratedClients(String operation) throws Exception {
    Twice twice = Objects.requireNonNull(CALLS.get(operation));
    try (ScriptedServer server = new ScriptedServer(json(403, "{\"code\":7,\"message\":\"\"}"))) {
      ApiClient generated = new ApiClient();
      generated.updateBaseUri(server.url());

      refused(() -> twice.byHand().call(ManagedRedis.at(server.url()).pageSize(7).build()));
      refused(() -> twice.generated().call(generated));

      assertThat(server.seen()).hasSize(2);
      assertThat(shown(server.seen().get(0))).isEqualTo(shown(server.seen().get(1)));
    }
  }

  private interface Refused {
    void run() throws Exception;
  }

  private static void refused(Refused call) {
    assertThat(catchThrowable(call::run)).hasMessageContaining("403");
  }

  /** Parameters in any order; a key is a new one each time, so it counts whether there is one. */
  private static String shown(ScriptedServer.Seen seen) {
    String[] parts = seen.target().split("[?&]", -1);
    Arrays.sort(parts, 1, parts.length);
    boolean key = seen.header("Idempotency-Key") != null;
    return seen.method()
        + " "
        + String.join(" ", parts)
        + ", accepts "
        + seen.header("Accept")
        + ", key: "
        + key;
  }

  private static void all(Stream<?> stream) {
    assertThat(stream.count()).isZero();
  }

  private interface With<A> {
    void call(A api) throws Exception;
  }

  private static Generated backup(With<BackupApi> call) {
    return client -> call.call(new BackupApi(client));
  }

  private static Generated cluster(With<ClusterApi> call) {
    return client -> call.call(new ClusterApi(client));
  }
}
