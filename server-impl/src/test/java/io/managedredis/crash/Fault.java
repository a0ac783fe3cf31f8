package io.managedredis.crash;

import org.sqlite.SQLiteErrorCode;

/** A disk that fails. */
public enum Fault {
  /** From a step on whatever needs room fails, until there is room again; what frees it works. */
  FULL(
      "No space left on device",
      SQLiteErrorCode.SQLITE_FULL,
      "createDirectory|create|write|commit"),
  /** One step fails. */
  BROKEN("Input/output error", SQLiteErrorCode.SQLITE_IOERR_WRITE, "none"),
  /** From a step on everything fails, as after a remount, until it is put right. */
  READ_ONLY("Read-only file system", SQLiteErrorCode.SQLITE_READONLY, ".*");

  private final String said;
  private final SQLiteErrorCode sqlite;
  private final String lasting;

  Fault(String said, SQLiteErrorCode sqlite, String lasting) {
    this.said = said;
    this.sqlite = sqlite;
    this.lasting = lasting;
  }

  /** What the operating system says. */
  public String said() {
    return said;
  }

  SQLiteErrorCode sqlite() {
    return sqlite;
  }

  Verdict verdict() {
    return Verdict.valueOf(name());
  }

  /** Whether a later step of that kind fails, too. */
  boolean lastsFor(String kind) {
    return kind.matches(lasting);
  }
}
