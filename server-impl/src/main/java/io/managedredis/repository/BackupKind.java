package io.managedredis.repository;

/** Why a backup was taken. */
public enum BackupKind {
  /** By the schedule. */
  AUTOMATED,
  /** By a user's request. */
  MANUAL
}
