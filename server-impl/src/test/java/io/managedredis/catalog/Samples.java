package io.managedredis.catalog;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Entries to start from. */
final class Samples {
  static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");

  static final BackupRendering RENDERING = new Rendering("v1");

  private Samples() {}

  /** Documents that tell who made them. */
  record Rendering(String version) implements BackupRendering {
    @Override
    public byte[] render(BackupEntry entry) {
      return "{\"%s\":\"%s %s\"}"
          .formatted(version, entry.id(), entry.createdAt())
          .getBytes(StandardCharsets.UTF_8);
    }
  }

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
