package io.managedredis.repository;

/** A backup that is being written and that nobody sees yet. Shards can be written in parallel. */
public interface PendingBackup extends AutoCloseable {

  /** What was asked for. */
  BackupId id();

  /**
   * Starts the data of a shard.
   *
   * @param shardName 1 to 63 characters, {@code [a-zA-Z0-9_-]}
   * @throws IllegalArgumentException for any other name
   * @throws RepositoryException when the shard is already there, or storing fails
   */
  ShardWriter shard(String shardName) throws RepositoryException;

  /**
   * Removes a finished shard, so that it can be captured again. Does nothing when there is none.
   *
   * @throws RepositoryException when it is still being written, or removing fails
   */
  void discard(String shardName) throws RepositoryException;

  /**
   * The commit point: when this returns, the backup survives a loss of power.
   *
   * @param manifest names exactly the finished shards, with what their writers returned
   * @throws ManifestException for a manifest that does not fit; nothing was changed
   * @throws RepositoryException when storing fails; {@link #close} removes everything
   */
  void commit(Manifest manifest) throws RepositoryException;

  /** Without {@link #commit}: removes everything. After it: does nothing. */
  @Override
  void close() throws RepositoryException;
}
