package io.managedredis;

/** Verifying a backup, cut off at every durable step. */
class VerifyCrashMatrixIT extends CrashMatrix {
  VerifyCrashMatrixIT() {
    super(Scenario.VERIFY);
  }
}
