package io.managedredis.repository;

import java.util.List;

/**
 * Where backups are kept. One server owns a repository while it is open; its threads may share it.
 * After {@link #close} every method fails.
 */
public interface Repository extends StoredBackups {

  /**
   * Starts a new backup.
   *
   * @throws RepositoryException when the id is taken, by whatever it is, or storing fails
   */
  PendingBackup begin(BackupId id) throws RepositoryException;

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
   * Removes the leftovers, and what crashes left of verifications. What has a manifest, even an
   * unreadable one, and what we did not write is never touched.
   *
   * @return how many backups are gone
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
