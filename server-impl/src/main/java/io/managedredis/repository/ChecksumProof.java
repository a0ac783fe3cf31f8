package io.managedredis.repository;

import java.time.Instant;

/**
 * What the CRC64 at the end of a snapshot proved while the snapshot was stored.
 *
 * @param outcome what was found
 * @param at when
 */
public record ChecksumProof(Outcome outcome, Instant at) {

  /** A snapshot whose CRC64 is wrong is never stored, so there is no case for it. */
  public enum Outcome {
    /** The CRC64 matched all the bytes before it. */
    PROVEN,
    /** The server wrote none ({@code rdbchecksum no}): nothing was proven by it. */
    ABSENT
  }
}
