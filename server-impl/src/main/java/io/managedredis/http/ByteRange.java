package io.managedredis.http;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The part of a file that a request asks for (RFC 9110, 14).
 *
 * @param from the first byte
 * @param length how many
 * @param size how many bytes the whole file has
 * @param whole whether no part was asked for, or none that is understood
 */
record ByteRange(long from, long length, long size, boolean whole) {

  private static final Pattern ONE =
      Pattern.compile("bytes=[ \\t]*(?:([0-9]+)-([0-9]*)|-([0-9]+))[ \\t]*");

  /** The whole file. */
  static ByteRange all(long size) {
    return new ByteRange(0, size, size, true);
  }

  /**
   * What the header asks for.
   *
   * @param header anything; what is not one range of bytes is taken as not there
   * @throws UnsatisfiableRangeException when the range begins behind the end
   */
  static ByteRange of(@Nullable String header, long size) {
    Matcher one = ONE.matcher(header == null ? "" : header);
    if (header == null || !one.matches()) {
      return all(size);
    }
    if (one.group(3) != null) {
      long count = Math.min(number(one.group(3)), size);
      if (count == 0) {
        throw unsatisfiable(header, size);
      }
      return new ByteRange(size - count, count, size, false);
    }
    long first = number(one.group(1));
    long last = one.group(2).isEmpty() ? Long.MAX_VALUE : number(one.group(2));
    if (last < first) {
      return all(size);
    }
    if (first >= size) {
      throw unsatisfiable(header, size);
    }
    return new ByteRange(first, Math.min(last, size - 1) - first + 1, size, false);
  }

  /** {@code Content-Range} of an answer with this part. */
  String contentRange() {
    return "bytes " + from + "-" + (from + length - 1) + "/" + size;
  }

  private static UnsatisfiableRangeException unsatisfiable(String header, long size) {
    return new UnsatisfiableRangeException(
        "Range "
            + Statuses.quoted(header)
            + " begins behind the end: the file has "
            + size
            + " bytes",
        size);
  }

  /** More digits than a file can have bytes is as good as the greatest number. */
  private static long number(String digits) {
    String plain = digits.replaceFirst("^0+(?=.)", "");
    return plain.length() > 18 ? Long.MAX_VALUE : Long.parseLong(plain);
  }
}
