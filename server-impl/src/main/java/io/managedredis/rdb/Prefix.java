package io.managedredis.rdb;

/**
 * The number at the beginning of an item: a length, a count, or a number of its own (rdb.h of
 * Redis, "Defines related to the dump file format"). The two upper bits of the first byte tell how
 * it goes on; with both of them set it is a string in a special encoding.
 *
 * <p>What is read here is either there as a whole or not taken at all. No check allocates.
 */
final class Prefix {
  /** In place of an end: some bytes are missing. */
  static final int MORE = -1;

  /** In place of an end: no server writes this. */
  static final int IMPOSSIBLE = -2;

  /** In place of an end: a string encoding that is not known. */
  static final int UNKNOWN = -3;

  /** Three bytes of LZF stand for at most 264, so nothing grows by more than this. */
  private static final int LZF_MOST = 88;

  private static final int INTEGERS_END = 3;
  private static final int LZF = 3;

  private long value;
  private long uncompressed;
  private boolean integer;

  /** The number as it was last read, all 64 bits of it, or the bytes of a string that follow. */
  long value() {
    return value;
  }

  /** How long the string is once it is decompressed, 0 if it is not compressed. */
  long uncompressed() {
    return uncompressed;
  }

  /** Whether the bytes that follow are not a text but an integer, little-endian. */
  boolean integer() {
    return integer;
  }

  /** Reads a number; answers where it ends, or why it can't be read. */
  int number(byte[] b, int at, int end) {
    if (at >= end) {
      return MORE;
    }
    int first = b[at];
    return switch (first & 0xc0) {
      case 0x00 -> {
        value = first;
        yield at + 1;
      }
      case 0x40 -> fourteenBits(b, at, end);
      case 0x80 -> bigEndian(b, at, end);
      default -> IMPOSSIBLE;
    };
  }

  private int fourteenBits(byte[] b, int at, int end) {
    if (end - at < 2) {
      return MORE;
    }
    value = (b[at] & 0x3fL) << 8 | (b[at + 1] & 0xff);
    return at + 2;
  }

  private int bigEndian(byte[] b, int at, int end) {
    int bytes =
        switch (b[at] & 0xff) {
          case 0x80 -> 4;
          case 0x81 -> 8;
          default -> 0;
        };
    if (bytes == 0) {
      return IMPOSSIBLE;
    }
    if (end - at <= bytes) {
      return MORE;
    }
    long number = 0;
    for (int i = 1; i <= bytes; i++) {
      number = number << 8 | (b[at + i] & 0xff);
    }
    value = number;
    return at + 1 + bytes;
  }

  /** Reads a number that counts something and is thus below 2^63. */
  int count(byte[] b, int at, int end) {
    int next = number(b, at, end);
    return next >= 0 && value < 0 ? IMPOSSIBLE : next;
  }

  /** Reads what comes before the bytes of a string; answers where those begin. */
  int string(byte[] b, int at, int end) {
    if (at >= end) {
      return MORE;
    }
    uncompressed = 0;
    integer = false;
    int encoding = (b[at] & 0xff) - 0xc0;
    if (encoding < 0) {
      return count(b, at, end);
    }
    if (encoding < INTEGERS_END) {
      integer = true;
      value = 1L << encoding;
      return at + 1;
    }
    return encoding == LZF ? lzf(b, at + 1, end) : UNKNOWN;
  }

  private int lzf(byte[] b, int at, int end) {
    int next = count(b, at, end);
    if (next < 0) {
      return next;
    }
    long compressed = value;
    next = count(b, next, end);
    if (next < 0) {
      return next;
    }
    uncompressed = value;
    value = compressed;
    boolean plausible =
        compressed > 0 && uncompressed > compressed && uncompressed / LZF_MOST <= compressed;
    return plausible ? next : IMPOSSIBLE;
  }
}
