package io.managedredis;

/** Taking a backup, cut off at every durable step. */
class BackupCrashMatrixIT extends CrashMatrix {
  BackupCrashMatrixIT() {
    super(Scenario.BACKUP);
  }
}
