package io.managedredis.rdb;

/**
 * The cluster slot of a key whose bytes go by: CRC-16/XMODEM modulo 16384, over what is between the
 * first opening brace and the next closing one if there is anything, otherwise over all of it (the
 * cluster specification of Redis, "Hash tags").
 */
final class KeyHash {
  private static final char[] TABLE = table();

  private enum Phase {
    BEFORE_TAG,
    TAG_BEGINS,
    IN_TAG,
    TAG_ENDED,
    NO_TAG
  }

  private Phase phase = Phase.BEFORE_TAG;
  private int whole;
  private int tag;

  /** Begins with the next key. */
  void begin() {
    phase = Phase.BEFORE_TAG;
    whole = 0;
    tag = 0;
  }

  /** Takes in the next bytes of the key. */
  void update(byte[] bytes, int from, int to) {
    int at = from;
    if (phase == Phase.BEFORE_TAG) {
      at = beforeTag(bytes, from, to);
    }
    while (at < to && (phase == Phase.TAG_BEGINS || phase == Phase.IN_TAG)) {
      byte b = bytes[at++];
      whole = next(whole, b);
      inTag(b);
    }
    if (phase == Phase.NO_TAG) {
      int crc = whole;
      while (at < to) {
        crc = next(crc, bytes[at++]);
      }
      whole = crc;
    }
  }

  private int beforeTag(byte[] bytes, int from, int to) {
    int crc = whole;
    int at = from;
    byte b = 0;
    while (at < to && b != '{') {
      b = bytes[at++];
      crc = next(crc, b);
    }
    whole = crc;
    if (b == '{') {
      phase = Phase.TAG_BEGINS;
    }
    return at;
  }

  private void inTag(byte b) {
    if (b == '}') {
      phase = phase == Phase.TAG_BEGINS ? Phase.NO_TAG : Phase.TAG_ENDED;
    } else {
      phase = Phase.IN_TAG;
      tag = next(tag, b);
    }
  }

  /** The slot of the key whose last bytes have gone by. */
  int slot() {
    return (phase == Phase.TAG_ENDED ? tag : whole) % KeySlots.SLOTS;
  }

  private static int next(int crc, byte b) {
    return (crc << 8 ^ TABLE[crc >>> 8 ^ (b & 0xff)]) & 0xffff;
  }

  private static char[] table() {
    char[] table = new char[256];
    for (int b = 0; b < 256; b++) {
      int crc = b << 8;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 0x8000) == 0 ? crc << 1 : crc << 1 ^ 0x1021;
      }
      table[b] = (char) crc;
    }
    return table;
  }
}
