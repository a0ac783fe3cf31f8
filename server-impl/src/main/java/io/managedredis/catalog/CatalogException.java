package io.managedredis.catalog;

import java.sql.SQLTransientConnectionException;
import java.time.DateTimeException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/** The catalogue could not do what it was asked; the message says what, why, and what to do. */
public class CatalogException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** What stood in the way. */
  public enum Reason {
    /** No room where the database is. */
    DISK_FULL("the disk is full; free some space there"),
    /** Somebody else has it locked, or writers queue for too long. */
    LOCKED(
        "it stayed locked for longer than the wait allows; look for another program that has the"
            + " file open, or try again when there is less to write"),
    /** It can't answer at once, and who asked can't wait. */
    BUSY("it can't answer at once; ask again on a thread that may wait"),
    /** Its content is damaged. */
    CORRUPT(
        "its content is damaged; stop the server, move the file away together with its -wal and"
            + " -shm files, and start again: the catalogue is rebuilt from the repository"),
    /** The file is something else. */
    NOT_A_CATALOG("the file is no catalogue of this server; choose another file or move it away"),
    /** A newer version of this server has written it. */
    NEWER_SCHEMA(
        "a newer version of this server has written it; run that version, or move the file away"
            + " to have the catalogue rebuilt from the repository"),
    /** The file or its folder can't be opened, created or written. */
    NOT_WRITABLE(
        "the file can't be opened for writing; check that its folder exists and that this user"
            + " may write to both, and that the file system isn't read-only"),
    /** The operating system refused to read or write. */
    IO("reading or writing the file failed; check the disk and its file system"),
    /** It belongs to another repository. */
    OTHER_REPOSITORY("it belongs to another repository"),
    /** It was closed before. */
    CLOSED("it is closed, since the server is shutting down"),
    /** Anything else; the cause tells more. */
    OTHER("the database refused; the cause in the log says why");

    private final String advice;

    Reason(String advice) {
      this.advice = advice;
    }
  }

  private final Reason reason;

  CatalogException(Reason reason, String what, @Nullable Throwable cause) {
    super(what + ": " + reason.advice, cause);
    this.reason = reason;
  }

  /** What stood in the way. */
  public Reason reason() {
    return reason;
  }

  /** The same trouble, typed, for whatever a library threw. */
  static CatalogException of(String what, Throwable thrown) {
    return new CatalogException(reasonOf(thrown), what, thrown);
  }

  private static Reason reasonOf(Throwable thrown) {
    Reason found = Reason.OTHER;
    for (Throwable t = thrown; t != null; t = t.getCause()) {
      if (t instanceof SQLiteException sqlite) {
        return reasonOf(sqlite);
      }
      if (t instanceof SQLTransientConnectionException) {
        found = Reason.LOCKED;
      } else if (found == Reason.OTHER && isUnreadable(t)) {
        found = Reason.CORRUPT;
      }
    }
    return found;
  }

  /** A row that the mappers refuse: an unknown kind, an instant out of range. */
  private static boolean isUnreadable(Throwable t) {
    return t instanceof IllegalArgumentException || t instanceof DateTimeException;
  }

  /** Primary result codes, see the SQLite documentation, "Result and Error Codes". */
  private static Reason reasonOf(SQLiteException e) {
    return switch (e.getResultCode().code & 0xff) {
      case 5, 6 -> Reason.LOCKED;
      case 8, 14, 23, 3 -> Reason.NOT_WRITABLE;
      case 10 -> Reason.IO;
      case 11 -> Reason.CORRUPT;
      case 13 -> Reason.DISK_FULL;
      case 26 -> Reason.NOT_A_CATALOG;
      default -> Reason.OTHER;
    };
  }

  /** Says whether it is worth trying again in a moment. */
  public boolean isTransient() {
    return reason == Reason.LOCKED
        || reason == Reason.BUSY
        || reason == Reason.DISK_FULL
        || reason == Reason.IO;
  }
}
