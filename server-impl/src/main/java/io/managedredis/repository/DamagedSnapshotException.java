package io.managedredis.repository;

import org.jspecify.annotations.Nullable;

/** A stored snapshot is not what its manifest says: missing, altered, cut short or another one. */
public final class DamagedSnapshotException extends RepositoryException {
  private static final long serialVersionUID = 1L;

  /** Says which file and what is wrong with it. */
  public DamagedSnapshotException(String message, @Nullable Throwable cause) {
    super(message);
    if (cause != null) {
      initCause(cause);
    }
  }
}
