package io.managedredis.capture;

import org.jspecify.annotations.Nullable;

/**
 * A snapshot could not be taken from a node. The message names the node, what happened, and what to
 * do about it; it never holds a password.
 */
public final class CaptureException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Why, as far as a caller may act on it. */
  public enum Reason {
    /** The host is unknown, or nobody accepts connections there within the deadline. */
    UNREACHABLE(true),
    /** No TLS session: a certificate, a name, or a port that does not speak TLS. */
    TLS(false),
    /** The password is wrong or missing, or the server has none. */
    AUTHENTICATION(false),
    /** The user may not do this. */
    DENIED(false),
    /** The server can't do it now: it loads its data, lost its master, can't start a child. */
    NOT_READY(true),
    /** The server does not do this at all, or not in a way that can be proven. */
    UNSUPPORTED(false),
    /** The server said something that the replication protocol does not know. */
    PROTOCOL(false),
    /** The link ended before the snapshot did. */
    DROPPED(true),
    /** Nothing came for as long as we were to wait. */
    STALLED(true),
    /** The time for the first byte, or for all of it, was used up: another try would be, too. */
    DEADLINE(false),
    /** The bytes are not those that the server meant to send. */
    CORRUPT(true),
    /** The caller cancelled. */
    CANCELLED(false);

    private final boolean retryable;

    Reason(boolean retryable) {
      this.retryable = retryable;
    }
  }

  private final Reason reason;
  private final String node;

  CaptureException(Reason reason, String node, String text) {
    this(reason, node, text, null);
  }

  CaptureException(Reason reason, String node, String text, @Nullable Throwable cause) {
    super(node + ": " + text, cause);
    this.reason = reason;
    this.node = node;
  }

  /** Why it failed. */
  public Reason reason() {
    return reason;
  }

  /** The node that it failed on, as {@code host:port}. */
  public String node() {
    return node;
  }

  /**
   * Whether the same capture may succeed a little later without anybody changing anything. How
   * often to try is the caller's to bound.
   */
  public boolean retryable() {
    return reason.retryable;
  }
}
