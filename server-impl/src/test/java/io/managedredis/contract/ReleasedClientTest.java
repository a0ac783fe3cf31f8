package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.client.v1_0_0.ApiClient;
import io.managedredis.client.v1_0_0.ApiException;
import io.managedredis.client.v1_0_0.api.BackupApi;
import io.managedredis.client.v1_0_0.api.ClusterApi;
import io.managedredis.client.v1_0_0.api.OperationApi;
import io.managedredis.client.v1_0_0.model.Backup;
import io.managedredis.client.v1_0_0.model.BackupType;
import io.managedredis.client.v1_0_0.model.Cluster;
import io.managedredis.client.v1_0_0.model.ClusterHealth;
import io.managedredis.client.v1_0_0.model.ClusterStatus;
import io.managedredis.client.v1_0_0.model.ListBackupsResponse;
import io.managedredis.client.v1_0_0.model.ListClusterOperationsResponse;
import io.managedredis.client.v1_0_0.model.Operation;
import io.managedredis.client.v1_0_0.model.Shard;
import io.managedredis.client.v1_0_0.model.Status;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.ContractFile;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;

/** The client that users of 1.0.0 have does with today's server what it always did. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ReleasedClientTest {

  private static final String FOLDER = "b1greleased";
  private static final String CLUSTER = "c9qreleased000000001";

  private static final Contract RELEASED = released();

  private final RedisProcess redis = RedisProcess.start();
  private final RunningService service;
  private final ApiClient client;
  private final BackupApi backups;
  private final ClusterApi clusters;
  private final OperationApi operations;

  /** The operations of the released contract that the old client was answered 200 for. */
  private final Set<String> succeeded = ConcurrentHashMap.newKeySet();

  ReleasedClientTest(@TempDir Path folder) {
    service = RunningService.in(folder).cluster(CLUSTER, FOLDER, redis.address()).start();
    client = new ApiClient().setHttpClientBuilder(service.http().asBuilder());
    client.updateBaseUri(service.url());
    client.setResponseInterceptor(this::note);
    backups = new BackupApi(client);
    clusters = new ClusterApi(client);
    operations = new OperationApi(client);
  }

  private void note(HttpResponse<InputStream> answer) {
    if (answer.statusCode() == 200) {
      RELEASED
          .at(answer.request().method(), answer.uri().getRawPath())
          .map(DeclaredOperation::id)
          .ifPresent(succeeded::add);
    }
  }

  @AfterAll
  void end() {
    service.close();
    redis.close();
  }

  private Backup takenBackup() throws ApiException {
    Operation done = done(clusters.backupCluster(CLUSTER, null));
    return backups.getBackup(done.getMetadata().getBackupId());
  }

  /** Today's client waits; the old one reads the outcome. */
  private Operation done(Operation started) throws ApiException {
    service.awaitDone(new io.managedredis.client.model.Operation().id(started.getId()));
    return operations.getOperation(started.getId());
  }

  @Test
  void itTakesABackupAndReadsEveryFieldOfItsOperation() throws ApiException {
    Operation started = clusters.backupCluster(CLUSTER, UUID.randomUUID().toString());
    Operation done = done(started);

    assertThat(done.getId()).isEqualTo(started.getId());
    assertThat(done.getDescription()).contains(CLUSTER);
    assertThat(done.getCreatedAt()).isEqualTo(started.getCreatedAt());
    assertThat(done.getModifiedAt()).isAfterOrEqualTo(done.getCreatedAt());
    assertThat(done.getCreatedBy()).isEqualTo("anonymous");
    assertThat(done.getDone()).isTrue();
    assertThat(done.getError()).isNull();
    assertThat(done.getMetadata().getAtType()).endsWith(".BackupClusterMetadata");
    assertThat(done.getMetadata().getClusterId()).isEqualTo(CLUSTER);
    assertThat(done.getMetadata().getBackupId()).startsWith(CLUSTER + ":");
    assertThat(Long.parseLong(done.getMetadata().getBytesCaptured())).isPositive();
    assertThat(done.getMetadata().getShardsDone()).isEqualTo(1);
    assertThat(done.getMetadata().getShardsTotal()).isEqualTo(1);
    assertThat(done.getResponse().getAtType()).endsWith(".Cluster");
    assertThat(done.getResponse().getId()).isEqualTo(CLUSTER);
    assertThat(done.getResponse().getFolderId()).isEqualTo(FOLDER);
    assertThat(done.getResponse().getName()).isEqualTo("name-of-" + CLUSTER);
  }

  @Test
  void itReadsEveryFieldOfABackup() throws ApiException {
    Backup backup = takenBackup();

    assertThat(backup.getId()).startsWith(CLUSTER + ":");
    assertThat(backup.getFolderId()).isEqualTo(FOLDER);
    assertThat(backup.getSourceClusterId()).isEqualTo(CLUSTER);
    assertThat(backup.getSourceShardNames()).containsExactly("shard1");
    assertThat(backup.getType()).isEqualTo(BackupType.MANUAL);
    assertThat(backup.getStartedAt()).isBeforeOrEqualTo(backup.getCreatedAt());
  }

  @Test
  void itReadsEveryFieldOfACluster() throws ApiException {
    Cluster cluster = clusters.getCluster(CLUSTER);

    assertThat(cluster.getFolderId()).isEqualTo(FOLDER);
    assertThat(cluster.getName()).isEqualTo("name-of-" + CLUSTER);
    assertThat(cluster.getCreatedAt()).isNotNull();
    assertThat(cluster.getStatus()).isEqualTo(ClusterStatus.RUNNING);
    assertThat(cluster.getHealth()).isEqualTo(ClusterHealth.ALIVE);
    assertThat(cluster.getConfig().getVersion()).matches("[0-9]+\\.[0-9]+");
    assertThat(cluster.getSharded()).isFalse();
    assertThat(clusters.listClusters(FOLDER, null, null, "name=\"none\"").getClusters()).isEmpty();
    assertThat(clusters.listClusters(FOLDER, null, null, null).getClusters())
        .extracting(Cluster::getId)
        .containsExactly(CLUSTER);
  }

  @Test
  void itListsShards() throws ApiException {
    assertThat(clusters.listClusterShards(CLUSTER, 10L, null).getShards())
        .containsExactly(new Shard().name("shard1").clusterId(CLUSTER));
  }

  @Test
  void itReadsAllPages() throws ApiException {
    List<String> taken = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      taken.add(takenBackup().getId());
    }

    List<String> listed = new ArrayList<>();
    List<String> listedOfCluster = new ArrayList<>();
    String token = null;
    do {
      ListBackupsResponse page = backups.listBackups(FOLDER, 1L, token);
      page.getBackups().forEach(backup -> listed.add(backup.getId()));
      token = page.getNextPageToken();
    } while (token != null);
    do {
      ListBackupsResponse page = clusters.listClusterBackups(CLUSTER, 2L, token);
      page.getBackups().forEach(backup -> listedOfCluster.add(backup.getId()));
      token = page.getNextPageToken();
    } while (token != null);

    assertThat(listed).doesNotHaveDuplicates().containsAll(taken);
    assertThat(listedOfCluster).isEqualTo(listed);
  }

  @Test
  void itReadsWhatWentWrong() {
    Status missing = refused(404, () -> backups.getBackup(CLUSTER + ":20181113T133617"));
    assertThat(missing.getCode()).isEqualTo(5);
    assertThat(missing.getMessage()).contains("was not found");
    assertThat(missing.getDetails())
        .singleElement()
        .satisfies(detail -> assertThat(detail.getAtType()).endsWith("RequestInfo"))
        .satisfies(detail -> assertThat(detail.getRequestId()).hasSize(36));

    Status invalid = refused(400, () -> backups.listBackups(FOLDER, null, "AAAA"));
    assertThat(invalid.getCode()).isEqualTo(3);
    assertThat(invalid.getDetails().get(0).getFieldViolations())
        .extracting("field")
        .containsExactly("pageToken");
  }

  private interface Call {
    Object send() throws ApiException;
  }

  private Status refused(int httpStatus, Call call) {
    List<Status> statuses = new ArrayList<>();
    assertThatThrownBy(call::send)
        .isInstanceOfSatisfying(
            ApiException.class,
            e -> {
              assertThat(e.getCode()).isEqualTo(httpStatus);
              statuses.add(read(e.getResponseBody(), Status.class));
            });
    return statuses.get(0);
  }

  private <T> T read(@Nullable String json, Class<T> type) {
    try {
      return client.getObjectMapper().readValue(json, type);
    } catch (IOException e) {
      throw new AssertionError("not read as " + type.getSimpleName() + ": " + json, e);
    }
  }

  @Test
  void itRepeatsACallSafely() throws ApiException {
    String id = takenBackup().getId();
    String key = UUID.randomUUID().toString();

    Operation first = backups.deleteBackup(id, key);
    Operation repeated = backups.deleteBackup(id, key);

    assertThat(repeated.getId()).isEqualTo(first.getId());
    assertThat(done(first).getResponse().getAtType()).endsWith(".Empty");
    assertThat(refused(404, () -> backups.getBackup(id)).getCode()).isEqualTo(5);
  }

  @Test
  void itReadsOperationsThatItDoesNotKnow() throws Exception {
    String id = takenBackup().getId();
    String verification = service.awaitDone(service.backups().verifyBackup(id, null)).getId();

    ListClusterOperationsResponse listed = clusters.listClusterOperations(CLUSTER, 1000L, null);

    assertThat(listed.getOperations())
        .filteredOn(operation -> operation.getId().equals(verification))
        .singleElement()
        .satisfies(
            operation ->
                assertThat(operation.getMetadata().getAtType()).endsWith(".VerifyBackupMetadata"))
        .satisfies(operation -> assertThat(operation.getMetadata().getBackupId()).isEqualTo(id));
    assertThat(operations.getOperation(verification).getDone()).isTrue();
  }

  @Test
  void itReadsAValueOfAnEnumThatItDoesNotKnow() {
    Backup backup = read("{\"id\": \"a:b\", \"type\": \"IMPORTED\", \"size\": 5}", Backup.class);

    assertThat(backup.getId()).isEqualTo("a:b");
    assertThat(backup.getType()).isEqualTo(BackupType.UNKNOWN_DEFAULT_OPEN_API);
  }

  /** Last, when all of the others have sent what they send. */
  @Test
  @Order(Integer.MAX_VALUE)
  void everyOperationOfTheReleasedContractSucceeded() {
    assertThat(succeeded)
        .containsAll(RELEASED.operations().stream().map(DeclaredOperation::id).toList());
  }

  private static Contract released() {
    try {
      return Contract.parse(
          Files.readString(
              ContractFile.path().resolveSibling("released/managed-redis-1.0.0.yaml")));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
