package io.managedredis.repository;

import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Where backups are kept. One server owns a repository while it is open; its threads may share it.
 * After {@link #close} every method fails.
 */
public interface Repository extends AutoCloseable {

  /** A UUID given when the repository was created, the same for ever. */
  String id();

  /**
   * Starts a new backup.
   *
   * @throws RepositoryException when the id is taken, by whatever it is, or storing fails
   */
  PendingBackup begin(BackupId id) throws RepositoryException;

  /**
   * The manifest of a committed backup, or empty when there is none.
   *
   * @throws ManifestException when it is there but cannot be believed
   * @throws RepositoryException when reading fails
   */
  Optional<Manifest> manifest(BackupId id) throws RepositoryException;

  /**
   * Visits every committed backup, in no particular order and at constant memory. A backup that is
   * committed or deleted meanwhile may be visited or not.
   *
   * @throws RepositoryException when the folders cannot be listed
   */
  void forEachCommitted(Consumer<Manifest> visitor, DamageListener damage)
      throws RepositoryException;

  /**
   * The snapshot of a shard, decompressed while it is read. Its length and SHA-256 are compared at
   * the end: what was read up to the end of the stream without an exception is what was captured.
   *
   * @param shard out of the backup's manifest
   * @throws RepositoryException when the backup or its file is not there or has another length; the
   *     stream throws it for damaged bytes
   */
  InputStream open(BackupId id, ShardManifest shard) throws RepositoryException;

  /**
   * Removes a backup, or what is left of it; does nothing when there is nothing. Interrupted
   * anywhere, the backup is either wholly there or gone.
   *
   * @throws RepositoryException when it is being written or deleted right now, or removing fails
   */
  void delete(BackupId id) throws RepositoryException;

  /** What crashes left behind: backups without a manifest that nobody is writing or deleting. */
  List<BackupId> leftovers() throws RepositoryException;

  /**
   * Removes the leftovers. What has a manifest, even an unreadable one, and what we did not write
   * is never touched.
   *
   * @return how many are gone
   * @throws RepositoryException when removing fails
   */
  int removeLeftovers() throws RepositoryException;

  /** How many bytes can still be stored. */
  long usableBytes() throws RepositoryException;

  /**
   * Proves that storing works: writes, makes durable, reads back and removes a few bytes.
   *
   * @throws RepositoryException saying which of these failed
   */
  void check() throws RepositoryException;

  /**
   * Lets go of the repository. Backups still being written are not committed; their files are
   * leftovers. Call it when nothing is being written or deleted.
   */
  @Override
  void close() throws RepositoryException;
}
