package io.managedredis.repository;

import java.time.Instant;
import java.util.regex.Pattern;

/** What a field of a document must be, and how it is told when it is not. */
final class Rules {
  private static final Instant FIRST = Instant.parse("0001-01-01T00:00:00Z");
  private static final Instant LAST = Instant.parse("9999-12-31T23:59:59.999999999Z");

  private final Document document;

  Rules(Document document) {
    this.document = document;
  }

  void equal(String field, String value, String expected) throws ManifestException {
    require(value.equals(expected), field, value, "expected " + Names.printable(expected));
  }

  void matches(String field, String value, Pattern pattern) throws ManifestException {
    require(pattern.matcher(value).matches(), field, value, "expected " + pattern);
  }

  void shardName(String field, String value) throws ManifestException {
    require(Names.isShardName(value), field, value, "expected 1 to 63 letters, digits, _ and -");
  }

  void notNegative(String field, long value) throws ManifestException {
    require(value >= 0, field, value, "it cannot be negative");
  }

  void between(String field, long value, long least, long most) throws ManifestException {
    require(value >= least && value <= most, field, value, "expected " + least + " to " + most);
  }

  void instant(String field, Instant value) throws ManifestException {
    require(
        !value.isBefore(FIRST) && !value.isAfter(LAST), field, value, "expected years 1 to 9999");
  }

  void require(boolean holds, String field, Object value, String expected)
      throws ManifestException {
    if (!holds) {
      throw new ManifestException(
          document, field, "is " + Names.printable(value.toString()) + ": " + expected);
    }
  }
}
