package io.managedredis.rdb;

/**
 * Decompresses a key whose LZF bytes go by. A byte below 32 is followed by that many bytes and one
 * more as they are. Any other begins a repetition: its upper three bits are the length less two,
 * with another byte to add if they are all set; its lower five and the next byte are the distance
 * less one. (liblzf, lzf_d.c)
 */
final class LzfKey {
  /** The longest key that is decompressed, in bytes. */
  static final int LONGEST = 64 * 1024;

  private enum Phase {
    CONTROL,
    LITERAL,
    LENGTH,
    DISTANCE,
    GARBAGE
  }

  private final byte[] text = new byte[LONGEST];
  private Phase phase = Phase.CONTROL;
  private int expected;
  private int length;
  private int run;
  private int distance;

  /** Begins with a key that is this long, at most {@link #LONGEST} bytes. */
  void begin(int uncompressed) {
    phase = Phase.CONTROL;
    expected = uncompressed;
    length = 0;
  }

  /** Takes in the next compressed bytes. */
  void update(byte[] bytes, int from, int to) {
    for (int at = from; at < to; at++) {
      int b = bytes[at] & 0xff;
      switch (phase) {
        case CONTROL -> control(b);
        case LITERAL -> literal(b);
        case LENGTH -> {
          run += b;
          phase = Phase.DISTANCE;
        }
        case DISTANCE -> repeat(distance + b + 1);
        case GARBAGE -> {
          return;
        }
      }
    }
  }

  private void control(int b) {
    if (b < 32) {
      run = b + 1;
      phase = fits() ? Phase.LITERAL : Phase.GARBAGE;
    } else {
      run = (b >> 5) + 2;
      distance = (b & 0x1f) << 8;
      phase = run == 9 ? Phase.LENGTH : Phase.DISTANCE;
    }
  }

  private void literal(int b) {
    text[length++] = (byte) b;
    if (--run == 0) {
      phase = Phase.CONTROL;
    }
  }

  private void repeat(int back) {
    if (back > length || !fits()) {
      phase = Phase.GARBAGE;
      return;
    }
    for (int end = length + run; length < end; length++) {
      text[length] = text[length - back];
    }
    phase = Phase.CONTROL;
  }

  private boolean fits() {
    return run <= expected - length;
  }

  /** Whether the compressed bytes made up a text of the length that was announced. */
  boolean complete() {
    return phase == Phase.CONTROL && length == expected;
  }

  /** The text so far; its length is what was announced once it is complete. */
  byte[] text() {
    return text;
  }
}
