package io.managedredis.crash;

/** What becomes of a step. */
public enum Verdict {
  /** It is done. */
  GO,
  /** The thread stays before it until the process is killed; half of a write is done. */
  HANG,
  /** See {@link Fault#FULL}; half of a write is done. */
  FULL,
  /** See {@link Fault#BROKEN}; half of a write is done. */
  BROKEN,
  /** See {@link Fault#READ_ONLY}; half of a write is done. */
  READ_ONLY;

  Fault fault() {
    return Fault.valueOf(name());
  }
}
