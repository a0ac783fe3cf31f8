package io.managedredis.catalog;

import java.time.Instant;
import java.util.List;

/**
 * One finished backup as the catalogue knows it.
 *
 * @param id unique in the catalogue, not empty
 * @param folderId the folder (tenant) that the backup belongs to
 * @param clusterId the cluster that it was made from
 * @param startedAt when it was started, years 1 to 9999, to the nanosecond
 * @param createdAt when it was completed, in the same range
 * @param type who asked for it
 * @param shardNames the shards that it was made from, each 1 to 63 of {@code [a-zA-Z0-9_-]}
 * @param rawBytes bytes that the servers sent, 0 or more
 * @param storedBytes bytes in the repository, 0 or more
 */
public record BackupEntry(
    String id,
    String folderId,
    String clusterId,
    Instant startedAt,
    Instant createdAt,
    BackupType type,
    List<String> shardNames,
    long rawBytes,
    long storedBytes) {

  /**
   * Checks the ranges above.
   *
   * @throws IllegalArgumentException when a value is out of its range; the message names it
   */
  public BackupEntry {
    StoredText.requireName("id", id);
    StoredText.requireName("folderId", folderId);
    StoredText.requireName("clusterId", clusterId);
    StoredInstant.requireInRange("startedAt", startedAt);
    StoredInstant.requireInRange("createdAt", createdAt);
    shardNames = List.copyOf(shardNames);
    shardNames.forEach(StoredText::requireShardName);
    if (rawBytes < 0 || storedBytes < 0) {
      throw new IllegalArgumentException(
          "rawBytes %d and storedBytes %d must not be negative".formatted(rawBytes, storedBytes));
    }
  }
}
