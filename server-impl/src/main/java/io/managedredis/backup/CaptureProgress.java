package io.managedredis.backup;

/** Hears how far a backup is. Called often and from several threads: it must be quick. */
@FunctionalInterface
public interface CaptureProgress {

  /**
   * How far the backup is.
   *
   * @param bytes what the nodes have sent of this attempt
   * @param shardsDone how many shards are captured whole
   * @param shardsTotal how many there are
   */
  void captured(long bytes, int shardsDone, int shardsTotal);
}
