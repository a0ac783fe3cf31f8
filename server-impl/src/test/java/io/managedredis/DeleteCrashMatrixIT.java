package io.managedredis;

/** Deleting a backup, cut off at every durable step. */
class DeleteCrashMatrixIT extends CrashMatrix {
  DeleteCrashMatrixIT() {
    super(Scenario.DELETE);
  }
}
