package io.managedredis.repository;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** A stored snapshot is not what its manifest says: missing, altered, cut short or another one. */
public final class DamagedSnapshotException extends RepositoryException {
  private static final long serialVersionUID = 1L;

  private final String wrong;

  /** Says which file and what is wrong with it. */
  DamagedSnapshotException(Path file, String wrong, @Nullable Throwable cause) {
    super(
        "The stored snapshot "
            + file
            + " "
            + wrong
            + ". It is damaged: do not restore from it, use another backup, and check the disk");
    this.wrong = wrong;
    if (cause != null) {
      initCause(cause);
    }
  }

  /** What is wrong with the file, for callers who are not to see its path. */
  public String wrong() {
    return wrong;
  }
}
