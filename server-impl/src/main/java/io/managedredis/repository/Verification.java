package io.managedredis.repository;

import java.time.Instant;
import java.util.List;

/**
 * The last time that a backup was read back and proven again, kept beside its manifest.
 *
 * @param formatVersion {@value #FORMAT_VERSION}
 * @param backupId {@code <clusterId>:<suffix>}
 * @param startedAt when reading began
 * @param completedAt when the last shard was judged
 * @param shards one for each shard of the manifest
 */
public record Verification(
    int formatVersion,
    String backupId,
    Instant startedAt,
    Instant completedAt,
    List<VerifiedShard> shards) {

  /** The only format so far; a newer one is refused. */
  public static final int FORMAT_VERSION = 1;

  /** Keeps a copy of the list. */
  public Verification {
    shards = List.copyOf(shards);
  }

  /** Whether any shard was found damaged. */
  public boolean damaged() {
    return shards.stream().anyMatch(shard -> shard.proof().damaged());
  }

  /**
   * What is known of one shard since then.
   *
   * @param name the shard's name in the manifest
   * @param proof what was found, and what had been found before where it could not be looked at
   */
  public record VerifiedShard(String name, ShardProof proof) {}
}
