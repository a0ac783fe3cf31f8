package io.managedredis.repository;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.util.Locale;

/** Storage that refused, failed or is not what it should be; says what, where, and what to do. */
public class RepositoryException extends IOException {
  private static final long serialVersionUID = 1L;

  /** A refusal of our own. */
  public RepositoryException(String message) {
    super(message);
  }

  /** A failure with its cause. */
  public RepositoryException(String message, Throwable cause) {
    super(message, cause);
  }

  /** A failed step, told with its file and with what an operator can do about it. */
  static RepositoryException during(String step, Path where, IOException cause) {
    String reason = reason(cause);
    return new RepositoryException(
        "Cannot " + step + " " + where + ": " + reason + ". " + advice(reason), cause);
  }

  private static String reason(IOException cause) {
    String said = cause instanceof FileSystemException f ? f.getReason() : cause.getMessage();
    return said == null || said.isBlank() ? cause.getClass().getSimpleName() : said;
  }

  private static String advice(String reason) {
    String lower = reason.toLowerCase(Locale.ROOT);
    if (lower.contains("no space left") || lower.contains("quota exceeded")) {
      return "The disk is full: free space, delete backups, or move the data folder";
    }
    if (lower.contains("accessdenied") || lower.contains("permission denied")) {
      return "Give the user that runs the server the right to read and write there";
    }
    if (lower.contains("read-only")) {
      return "The file system is read-only: the system's log says why; mount it writable again";
    }
    return "Check the disk and the system's log, then try again";
  }
}
