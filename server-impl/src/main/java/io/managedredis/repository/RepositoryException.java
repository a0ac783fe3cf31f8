package io.managedredis.repository;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Locale;

/** Storage that refused, failed or is not what it should be; says what, where, and what to do. */
public class RepositoryException extends IOException {
  private static final long serialVersionUID = 1L;

  private final boolean noSpace;

  /** A refusal of our own. */
  public RepositoryException(String message) {
    super(message);
    this.noSpace = false;
  }

  /** A failure with its cause. */
  public RepositoryException(String message, Throwable cause) {
    this(message, cause, false);
  }

  private RepositoryException(String message, Throwable cause, boolean noSpace) {
    super(message, cause);
    this.noSpace = noSpace;
  }

  /** Whether the disk, or what we may use of it, is full. */
  public boolean noSpace() {
    return noSpace;
  }

  /** Somebody asks for a backup that is not there. */
  static RepositoryException gone(BackupId backup) {
    return new RepositoryException("There is no backup " + backup + "; it may have been deleted");
  }

  /** A failed step, told with its file and with what an operator can do about it. */
  static RepositoryException during(String step, Path where, IOException cause) {
    String reason = reason(cause);
    return new RepositoryException(
        "Cannot " + step + " " + where + ": " + reason + ". " + advice(reason),
        cause,
        isFull(reason));
  }

  private static String reason(IOException cause) {
    String said = cause instanceof FileSystemException f ? f.getReason() : cause.getMessage();
    if (said != null && !said.isBlank()) {
      return said;
    }
    // The JDK often says it with the class alone, which means nothing to a caller.
    if (cause instanceof NoSuchFileException) {
      return "it, or a folder above it, does not exist";
    }
    if (cause instanceof AccessDeniedException) {
      return "permission denied";
    }
    if (cause instanceof FileAlreadyExistsException) {
      return "something of that name is there already";
    }
    return cause instanceof DirectoryNotEmptyException
        ? "the folder is not empty"
        : "input/output error";
  }

  private static String advice(String reason) {
    String lower = reason.toLowerCase(Locale.ROOT);
    if (isFull(reason)) {
      return "The disk is full: free space, delete backups, or move the data folder";
    }
    if (lower.contains("permission denied")) {
      return "Give the user that runs the server the right to read and write there";
    }
    if (lower.contains("read-only")) {
      return "The file system is read-only: the system's log says why; mount it writable again";
    }
    return "Check the disk and the system's log, then try again";
  }

  private static boolean isFull(String reason) {
    String lower = reason.toLowerCase(Locale.ROOT);
    return lower.contains("no space left") || lower.contains("quota exceeded");
  }
}
