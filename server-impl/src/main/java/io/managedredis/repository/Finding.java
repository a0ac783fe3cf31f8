package io.managedredis.repository;

import java.time.Instant;

/**
 * What one proof found out about a stored snapshot.
 *
 * @param outcome what was found
 * @param at when it was looked at
 * @param detail what was wrong or missing, for people; empty when proven. Never a key's name or a
 *     value
 */
public record Finding(Outcome outcome, Instant at, String detail) {

  /** The four answers of a proof. */
  public enum Outcome {
    /** Looked at, and right. */
    PROVEN,
    /** There is nothing to compare with: the server wrote no checksum, or is not in cluster mode. */
    ABSENT,
    /** Not looked at, or it could not be told. */
    UNKNOWN,
    /** Looked at, and wrong. */
    DAMAGED
  }
}
