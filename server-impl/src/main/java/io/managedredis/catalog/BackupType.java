package io.managedredis.catalog;

/** Who asked for a backup. */
public enum BackupType {
  /** A schedule did. */
  AUTOMATED,
  /** A user did. */
  MANUAL,
  /** Nobody knows any more, for instance after an import. */
  UNSPECIFIED
}
