package io.managedredis.rdb;

import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the first nine bytes of an RDB file say. The same type byte can mean different things in the
 * two families, so a reader branches on the family first.
 *
 * @param family whose format it is
 * @param version the number in the magic, at least 1
 * @param text the nine bytes as they stand in the file, such as {@code REDIS0011} or {@code
 *     VALKEY080}
 */
public record RdbMagic(Family family, int version, String text) {
  /** How many bytes the magic takes. */
  public static final int LENGTH = 9;

  private static final Pattern FORM = Pattern.compile("REDIS([0-9]{4})|VALKEY([0-9]{3})");

  /** The two lines of servers that number their formats apart. */
  public enum Family {
    /** {@code REDIS} and four digits: every Redis, and Valkey up to 8.1. */
    REDIS,
    /** {@code VALKEY} and three digits: Valkey from 9.0 on. */
    VALKEY
  }

  /**
   * Checks that the parts say the same.
   *
   * @throws IllegalArgumentException if the text is not what family and version write
   */
  public RdbMagic {
    String form = family == Family.REDIS ? "REDIS%04d" : "VALKEY%03d";
    if (version < 1 || !text.equals(String.format(Locale.ROOT, form, version))) {
      throw new IllegalArgumentException(
          "An RDB magic of " + family + " version " + version + " is not written " + text);
    }
  }

  /**
   * Reads the magic.
   *
   * @param first9 exactly the first nine bytes of the file
   * @throws UnknownMagicException if they are anything but a known family and a version
   */
  public static RdbMagic parse(byte[] first9) throws UnknownMagicException {
    StringBuilder text = new StringBuilder(LENGTH);
    StringBuilder printable = new StringBuilder("\"");
    for (int i = 0; i < Math.min(first9.length, LENGTH); i++) {
      int c = first9[i] & 0xff;
      text.append((char) c);
      printable.append(
          c >= ' ' && c < 0x7f ? "" + (char) c : String.format(Locale.ROOT, "\\x%02x", c));
    }
    Matcher form = FORM.matcher(text);
    if (first9.length != LENGTH || !form.matches()) {
      throw new UnknownMagicException(printable.append('"').toString());
    }
    Family family = form.group(1) != null ? Family.REDIS : Family.VALKEY;
    int version = Integer.parseInt(text, family.name().length(), LENGTH, 10);
    if (version == 0) {
      throw new UnknownMagicException(printable.append('"').toString());
    }
    return new RdbMagic(family, version, text.toString());
  }
}
