package io.managedredis.rdb;

import java.nio.charset.StandardCharsets;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;

/** Notes the slots of keys whose bytes go by. */
final class SlotNotes {
  private final BitSet slots = new BitSet(KeySlots.SLOTS);
  private final KeyHash hash = new KeyHash();
  private @Nullable LzfKey lzf;
  private int uncompressed;
  private boolean judged;
  private long unjudgedKeys;

  /** Notes a key that is written as an integer: it is the same as its decimal text. */
  void integer(int key) {
    byte[] text = Integer.toString(key).getBytes(StandardCharsets.US_ASCII);
    hash.begin();
    hash.update(text, 0, text.length);
    slots.set(hash.slot());
  }

  /**
   * Begins with a key whose bytes come next.
   *
   * @param length how long it is once it is decompressed, 0 if it is not compressed
   */
  void begin(long length) {
    judged = length <= LzfKey.LONGEST;
    uncompressed = judged ? (int) length : 0;
    hash.begin();
    if (uncompressed > 0) {
      if (lzf == null) {
        lzf = new LzfKey();
      }
      lzf.begin(uncompressed);
    }
  }

  /** Takes in the next bytes of the key. */
  void update(byte[] bytes, int from, int to) {
    if (lzf != null && uncompressed > 0) {
      lzf.update(bytes, from, to);
    } else if (judged) {
      hash.update(bytes, from, to);
    }
  }

  /** Notes the key's slot after its last byte; false if it can't be decompressed. */
  boolean end() {
    if (!judged) {
      unjudgedKeys++;
      return true;
    }
    if (lzf != null && uncompressed > 0) {
      if (!lzf.complete()) {
        return false;
      }
      hash.update(lzf.text(), 0, uncompressed);
    }
    slots.set(hash.slot());
    return true;
  }

  /** What was noted so far. */
  KeySlots noted() {
    return new KeySlots(slots, unjudgedKeys);
  }
}
