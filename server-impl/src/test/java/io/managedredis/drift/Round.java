package io.managedredis.drift;

/** What is done with each test of a suite, with its class set up around it. */
interface Round {

  /** The body of a test, which can be run as often as is wanted. */
  @FunctionalInterface
  interface Body {
    void run() throws Throwable;
  }

  /**
   * Runs the body some times.
   *
   * @param id of the test, the same in every run
   * @param name for people
   * @throws Throwable when the test fails without a drift
   */
  void run(String id, String name, Body body) throws Throwable;
}
