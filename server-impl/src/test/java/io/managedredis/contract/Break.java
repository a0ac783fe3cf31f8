package io.managedredis.contract;

import java.util.SortedSet;

/**
 * Something in a newer contract that a client of the released one trips over.
 *
 * @param operations where: the operationIds of the released contract
 * @param what what was and what is
 * @param whom who notices, and how
 * @param instead how to get what the change wants without it
 */
record Break(SortedSet<String> operations, String what, String whom, String instead) {

  /** How the list of allowed breaks names it. */
  String line() {
    return String.join(", ", operations) + ": " + what;
  }

  /** All of it, for whoever made the change. */
  @Override
  public String toString() {
    return line() + "\n    breaks: " + whom + "\n    instead: " + instead;
  }
}
