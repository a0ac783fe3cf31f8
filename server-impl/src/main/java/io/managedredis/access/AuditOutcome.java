package io.managedredis.access;

/** How a call that is on record ended. */
public enum AuditOutcome {
  /** It was answered well: what it asked for has begun, or is done. */
  ACCEPTED,
  /** It was let in and failed. */
  FAILED,
  /** The caller is not known, or may not do this. */
  DENIED,
  /** It was let in, and the process ended, or could not write, before its end was on record. */
  UNKNOWN
}
