package io.managedredis.operation;

/** Tells running work that it must end soon. */
public interface Stop {
  /** Whether it must; never turns back to false. */
  boolean requested();

  /**
   * Runs an action once when the stop is requested, at once if it was before. The action must be
   * quick, such as closing a socket on which the work waits.
   *
   * @return what takes the action back when it is closed
   */
  Registration onRequest(Runnable action);

  /** An action that waits for the stop. */
  @FunctionalInterface
  interface Registration extends AutoCloseable {
    /** Takes the action back; it may be running at that moment. */
    @Override
    void close();
  }
}
