package io.managedredis.catalog;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entries to start from. */
final class Samples {
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");

  private Samples() {}

  static BackupEntry backup(String id, Instant createdAt) {
    return backup(id, "folder", "cluster", createdAt);
  }

  static BackupEntry backup(String id, String folder, String cluster, Instant createdAt) {
    return new BackupEntry(
        id,
        folder,
        cluster,
        createdAt.minusSeconds(1),
        createdAt,
        BackupType.MANUAL,
        List.of("shard1", "shard2"),
        1000,
        100);
  }

  static OperationEntry backupOf(String cluster, String id, @Nullable String key) {
    return operation(OperationKind.BACKUP_CLUSTER, id, cluster, cluster + ":" + id, "ann", key);
  }

  static OperationEntry deletionOf(String backup, String id) {
    return operation(OperationKind.DELETE_BACKUP, id, "cluster", backup, "ann", null);
  }

  static OperationEntry operation(
      OperationKind kind,
      String id,
      String cluster,
      String backup,
      String caller,
      @Nullable String key) {
    return new OperationEntry(
        id,
        kind,
        cluster,
        "folder",
        backup,
        "a description",
        caller,
        NOON,
        NOON,
        false,
        null,
        Progress.NONE,
        key);
  }
}
