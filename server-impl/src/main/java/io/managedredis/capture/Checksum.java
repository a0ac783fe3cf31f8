package io.managedredis.capture;

/** What the checksum at the end of a snapshot proved. */
public enum Checksum {
  /** The snapshot ends with a CRC64 that matches everything before it. */
  PROVEN,
  /** The server wrote zero in its place ({@code rdbchecksum no}): nothing was proven by it. */
  ABSENT
}
