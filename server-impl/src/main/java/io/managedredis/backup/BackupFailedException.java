package io.managedredis.backup;

import io.managedredis.catalog.CatalogException;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.repository.RepositoryException;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * A backup could not be taken, verified or deleted. The message says which shard and node, and what
 * to do.
 */
public final class BackupFailedException extends Exception {

  private static final long serialVersionUID = 1L;

  /** What kind of trouble it is. */
  public enum Reason {
    /** Nodes can't be reached. */
    UNREACHABLE,
    /** The nodes want another user or password, or deny what a backup needs. */
    REFUSED,
    /** The cluster is not in a state that can be backed up, or not one that is supported. */
    NOT_READY,
    /** Slots or masters kept changing while the data was read. */
    TOPOLOGY_CHANGED,
    /** The snapshot did not arrive whole. */
    INTERRUPTED_SNAPSHOT,
    /** A deadline passed. */
    DEADLINE,
    /** There is not enough room. */
    NO_SPACE,
    /** The repository or the catalogue failed. */
    STORAGE,
    /** What is stored is damaged. */
    DAMAGED,
    /** There is no such backup, or not any more. */
    GONE,
    /** What is stored is encrypted with a key that is not at hand. */
    KEY_MISSING,
    /** Somebody stopped it. */
    CANCELLED
  }

  private final Reason reason;
  private final boolean worthAnotherTry;

  BackupFailedException(
      Reason reason, boolean worthAnotherTry, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.worthAnotherTry = worthAnotherTry;
  }

  BackupFailedException(Reason reason, String message, @Nullable Throwable cause) {
    this(reason, false, message, cause);
  }

  /**
   * Storing failed.
   *
   * @param where what was stored, for the message; may be empty
   */
  static BackupFailedException storing(String where, IOException e) {
    boolean full = e instanceof RepositoryException failed && failed.noSpace();
    return new BackupFailedException(
        full ? Reason.NO_SPACE : Reason.STORAGE, where + e.getMessage(), e);
  }

  /**
   * The catalogue failed.
   *
   * @param what that means, for the message
   */
  static BackupFailedException cataloguing(String what, CatalogException e) {
    boolean full = e.reason() == CatalogException.Reason.DISK_FULL;
    return new BackupFailedException(
        full ? Reason.NO_SPACE : Reason.STORAGE, what + e.getMessage(), e);
  }

  /** This one, or the same without its cause when its message may not be told as it is. */
  BackupFailedException shownBy(ClusterDeclaration cluster) {
    String message = String.valueOf(getMessage());
    String shown = cluster.shown(message);
    return shown.equals(message)
        ? this
        : new BackupFailedException(reason, worthAnotherTry, shown, null);
  }

  /** What kind of trouble it is. */
  public Reason reason() {
    return reason;
  }

  /** Whether the very next try may succeed without anybody changing anything. */
  boolean worthAnotherTry() {
    return worthAnotherTry;
  }

  /** The same trouble, told with what the first try met, when that was something else. */
  BackupFailedException after(int attempts, BackupFailedException first) {
    if (attempts == 1) {
      return this;
    }
    boolean same = String.valueOf(getMessage()).equals(first.getMessage());
    return new BackupFailedException(
        reason,
        false,
        getMessage()
            + (same
                ? " (tried " + attempts + " times)"
                : " (tried " + attempts + " times; the first time: " + first.getMessage() + ")"),
        this);
  }
}
