package io.managedredis.http;

import io.managedredis.api.model.Backup;
import io.managedredis.api.model.BackupType;
import io.managedredis.api.model.Cluster;
import io.managedredis.api.model.ClusterConfig;
import io.managedredis.api.model.ClusterStatus;
import io.managedredis.api.model.Operation;
import io.managedredis.api.model.OperationMetadata;
import io.managedredis.api.model.OperationResponse;
import io.managedredis.api.model.Status;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.Failure;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.ClusterHealth;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Optional;

/** Domain values as the contract's models. */
final class WireModels {

  private static final String MESSAGES = "type.googleapis.com/yandex.cloud.mdb.redis.v1.";
  private static final String OUR_MESSAGES = "type.googleapis.com/managedredis.v1.";
  private static final String EMPTY = "type.googleapis.com/google.protobuf.Empty";

  private WireModels() {}

  static Backup backup(BackupEntry entry) {
    return new Backup()
        .id(entry.id())
        .folderId(entry.folderId())
        .createdAt(time(entry.createdAt()))
        .sourceClusterId(entry.clusterId())
        .startedAt(time(entry.startedAt()))
        .sourceShardNames(entry.shardNames())
        .type(
            switch (entry.type()) {
              case AUTOMATED -> BackupType.AUTOMATED;
              case MANUAL -> BackupType.MANUAL;
              case UNSPECIFIED -> null;
            });
  }

  static Cluster cluster(
      ClusterDeclaration declaration, Instant declaredAt, ClusterHealth.Finding finding) {
    Boolean sharded =
        finding.topology() != null
            ? Boolean.valueOf(finding.topology().sharded())
            : declaration.shards().size() > 1 ? Boolean.TRUE : null;
    return new Cluster()
        .id(declaration.id())
        .folderId(declaration.folderId())
        .createdAt(time(declaredAt))
        .name(declaration.name())
        .config(new ClusterConfig().version(finding.version().orElse(null)))
        .status(finding.readable() ? ClusterStatus.RUNNING : ClusterStatus.ERROR)
        .health(
            switch (finding.level()) {
              case ALIVE -> io.managedredis.api.model.ClusterHealth.ALIVE;
              case DEGRADED -> io.managedredis.api.model.ClusterHealth.DEGRADED;
              case DEAD -> io.managedredis.api.model.ClusterHealth.DEAD;
            })
        .sharded(sharded);
  }

  /**
   * An operation.
   *
   * @param cluster its cluster, as far as it is still declared
   */
  static Operation operation(OperationEntry entry, Optional<ClusterDeclaration> cluster) {
    Operation operation =
        new Operation()
            .id(entry.id())
            .description(entry.description())
            .createdAt(time(entry.createdAt()))
            .createdBy(entry.createdBy())
            .modifiedAt(time(entry.modifiedAt()))
            .done(entry.done())
            .metadata(metadata(entry));
    Failure failure = entry.failure();
    if (failure != null) {
      return operation.error(new Status().code(failure.code()).message(failure.message()));
    }
    return entry.done() ? operation.response(response(entry, cluster)) : operation;
  }

  private static OperationMetadata metadata(OperationEntry entry) {
    return switch (entry.kind()) {
      case BACKUP_CLUSTER ->
          new OperationMetadata()
              .atType(MESSAGES + "BackupClusterMetadata")
              .clusterId(entry.clusterId())
              .backupId(entry.backupId())
              .bytesCaptured(Long.toString(entry.progress().bytes()))
              .shardsDone(entry.progress().shardsDone())
              .shardsTotal(entry.progress().shardsTotal());
      case DELETE_BACKUP ->
          new OperationMetadata()
              .atType(MESSAGES + "DeleteBackupMetadata")
              .backupId(entry.backupId());
      case VERIFY_BACKUP ->
          new OperationMetadata()
              .atType(OUR_MESSAGES + "VerifyBackupMetadata")
              .backupId(entry.backupId())
              .bytesVerified(Long.toString(entry.progress().bytes()))
              .shardsDone(entry.progress().shardsDone())
              .shardsTotal(entry.progress().shardsTotal());
    };
  }

  private static OperationResponse response(
      OperationEntry entry, Optional<ClusterDeclaration> cluster) {
    return switch (entry.kind()) {
      case BACKUP_CLUSTER ->
          new OperationResponse()
              .atType(MESSAGES + "Cluster")
              .id(entry.clusterId())
              .folderId(entry.folderId())
              .name(cluster.map(ClusterDeclaration::name).orElse(null));
      case DELETE_BACKUP, VERIFY_BACKUP -> new OperationResponse().atType(EMPTY);
    };
  }

  static OffsetDateTime time(Instant instant) {
    return instant.atOffset(ZoneOffset.UTC);
  }
}
