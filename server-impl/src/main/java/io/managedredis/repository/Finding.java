package io.managedredis.repository;

import java.time.Instant;

/**
 * What one proof found out about a stored snapshot.
 *
 * @param outcome what was found
 * @param at when it was looked at
 * @param detail what was wrong or missing, for people; empty when proven. Printable ASCII, up to
 *     {@value #DETAIL_LIMIT} characters; never a key's name or a value
 */
public record Finding(Outcome outcome, Instant at, String detail) {

  /** The longest detail that is stored, in characters. */
  public static final int DETAIL_LIMIT = 300;

  /** With a detail cut and made printable ASCII, as a manifest takes it. */
  public static Finding of(Outcome outcome, Instant at, String detail) {
    String printable = detail.replaceAll("[^\\x20-\\x7e]", "?");
    return new Finding(
        outcome, at, printable.substring(0, Math.min(DETAIL_LIMIT, printable.length())));
  }

  /** The four answers of a proof. */
  public enum Outcome {
    /** Looked at, and right. */
    PROVEN,
    /**
     * There is nothing to compare with: the server wrote no checksum, or is not in cluster mode.
     */
    ABSENT,
    /** Not looked at, or it could not be told. */
    UNKNOWN,
    /** Looked at, and wrong. */
    DAMAGED
  }
}
