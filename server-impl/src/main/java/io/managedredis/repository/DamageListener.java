package io.managedredis.repository;

/** Hears of backups that are there but cannot be read. */
@FunctionalInterface
public interface DamageListener {

  /** Called once for each, on the thread that walks; the backup itself is left as it is. */
  void damaged(BackupId id, RepositoryException reason);
}
