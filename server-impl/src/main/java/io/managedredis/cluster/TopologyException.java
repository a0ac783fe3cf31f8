package io.managedredis.cluster;

import org.jspecify.annotations.Nullable;

/** The nodes of a cluster can't be asked, or what they say allows no backup. */
public final class TopologyException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is. */
  public enum Reason {
    /** No node answers. */
    UNREACHABLE,
    /** A node wants another user or password. */
    AUTHENTICATION,
    /** A node knows the user and denies what we ask. */
    DENIED,
    /** The nodes answer, but a shard has none to read from, or slots are owned by nobody. */
    NOT_READY,
    /** Slots move between nodes now. */
    MOVING,
    /** The declaration does not fit what the nodes are. */
    MISDECLARED,
    /** A node says something that can't be read. */
    PROTOCOL
  }

  private final Reason reason;

  /** A message says which node, what happened and what to do. */
  public TopologyException(Reason reason, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
  }

  /** Without a cause. */
  public TopologyException(Reason reason, String message) {
    this(reason, message, null);
  }

  /** This one, or the same without its cause when its message may not be told as it is. */
  TopologyException shownBy(ClusterDeclaration cluster) {
    String message = String.valueOf(getMessage());
    String shown = cluster.shown(message);
    return shown.equals(message) ? this : new TopologyException(reason, shown);
  }

  /** What kind of trouble it is. */
  public Reason reason() {
    return reason;
  }
}
