package io.managedredis.drift;

import java.time.Duration;

/**
 * What became of one drift.
 *
 * @param outcome what the suite said of it
 * @param by the test that noticed, or why none did
 * @param took how long that was
 */
record Verdict(Drift drift, Outcome outcome, String by, Duration took) {

  /** What the suite may say. */
  enum Outcome {
    /** An assertion failed, in a test or of the validator that sees every exchange. */
    ASSERTION,
    /** The generated client refused the answer. */
    CLIENT,
    /**
     * A test ended in another way, such as by a timeout: the suite is red, but does not say why.
     */
    SUSPICIOUS,
    /** The drift was let in, and the suite stayed green. */
    UNNOTICED,
    /** No test sees what would have to change. */
    NEVER_SEEN,
    /** No server can have this drift alone: the suite refuses the place itself. */
    IMPOSSIBLE
  }

  boolean killed() {
    return outcome == Outcome.ASSERTION
        || outcome == Outcome.CLIENT
        || outcome == Outcome.SUSPICIOUS;
  }

  @Override
  public String toString() {
    return drift + " [" + outcome + ", " + took.toMillis() + " ms] " + by;
  }
}
