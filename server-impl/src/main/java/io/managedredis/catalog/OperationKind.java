package io.managedredis.catalog;

/** What a long-running operation does. */
public enum OperationKind {
  /** Takes a backup of a cluster; one at a time of the same cluster. */
  BACKUP_CLUSTER,
  /** Deletes a backup; one at a time of the same backup. */
  DELETE_BACKUP,
  /** Reads a backup back and proves it again; one at a time of the same backup. */
  VERIFY_BACKUP
}
