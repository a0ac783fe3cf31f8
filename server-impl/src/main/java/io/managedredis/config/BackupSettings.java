package io.managedredis.config;

import java.time.Duration;

/**
 * How backups are taken.
 *
 * @param parallelShards how many shards of one cluster are captured at once, 1 to 64
 * @param parallelOperations how many operations run at once, 1 to 64
 * @param attempts how often a capture is tried when a link breaks or slots move meanwhile, 1 to 10
 * @param connectTimeout for a connection to a node
 * @param handshakeTimeout for each answer before the snapshot
 * @param firstByteTimeout from asking for the snapshot to its first byte: it covers a save that the
 *     node has running already
 * @param stallTimeout how long a node may send nothing within the snapshot
 * @param timeout for a whole shard
 * @param compressionLevel of zstd, 1 to 19
 */
public record BackupSettings(
    int parallelShards,
    int parallelOperations,
    int attempts,
    Duration connectTimeout,
    Duration handshakeTimeout,
    Duration firstByteTimeout,
    Duration stallTimeout,
    Duration timeout,
    int compressionLevel) {

  /** What holds where the file says nothing. */
  public static BackupSettings defaults() {
    return new BackupSettings(
        4,
        4,
        3,
        Duration.ofSeconds(5),
        Duration.ofSeconds(10),
        Duration.ofMinutes(10),
        Duration.ofSeconds(60),
        Duration.ofHours(6),
        1);
  }
}
