package io.managedredis.catalog;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.statement.SqlStatement;

/** An instant as two columns, {@code <name>_seconds} and {@code <name>_nanos}. */
final class StoredInstant {
  private static final Instant MIN = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant MAX = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private StoredInstant() {}

  static void requireInRange(String what, Instant instant) {
    if (instant.isBefore(MIN) || instant.isAfter(MAX)) {
      throw new IllegalArgumentException(
          "%s %s must be from %s to %s".formatted(what, instant, MIN, MAX));
    }
  }

  static Instant read(ResultSet row, String column) throws SQLException {
    return read(row.getLong(column + "_seconds"), row.getInt(column + "_nanos"));
  }

  static Instant read(long seconds, int nanos) {
    return Instant.ofEpochSecond(seconds, nanos);
  }

  /** Sets the parameter of that index and the one after it. */
  static void set(PreparedStatement statement, int index, Instant instant) throws SQLException {
    statement.setLong(index, instant.getEpochSecond());
    statement.setInt(index + 1, instant.getNano());
  }

  static <S extends SqlStatement<S>> S bind(S statement, String name, Instant instant) {
    return statement
        .bind(name + "_seconds", instant.getEpochSecond())
        .bind(name + "_nanos", instant.getNano());
  }
}
