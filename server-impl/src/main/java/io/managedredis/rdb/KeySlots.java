package io.managedredis.rdb;

import java.util.BitSet;
import java.util.stream.IntStream;

/** A set of cluster slots, 0 to 16383. */
public final class KeySlots {
  /** How many slots a cluster has. */
  public static final int SLOTS = 16384;

  private final BitSet slots;
  private final long unjudgedKeys;

  /**
   * The slots in the set, and how many keys it says nothing about.
   *
   * @throws IllegalArgumentException if there is a slot above 16383, or the count is negative
   */
  KeySlots(BitSet slots, long unjudgedKeys) {
    if (slots.length() > SLOTS || unjudgedKeys < 0) {
      throw new IllegalArgumentException(
          "Slots end at " + SLOTS + ", not " + slots.length() + "; keys: " + unjudgedKeys);
    }
    this.slots = (BitSet) slots.clone();
    this.unjudgedKeys = unjudgedKeys;
  }

  /** No slot at all. */
  public static KeySlots none() {
    return new KeySlots(new BitSet(), 0);
  }

  /** Whether a key in this slot was seen; never for a number that is no slot. */
  public boolean contains(int slot) {
    return slot >= 0 && slots.get(slot);
  }

  /** In how many slots keys were seen. */
  public int count() {
    return slots.cardinality();
  }

  /** The slots, ascending. */
  public IntStream stream() {
    return slots.stream();
  }

  /** How many keys were not looked into, being compressed and longer than 64 KiB. */
  public long unjudgedKeys() {
    return unjudgedKeys;
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof KeySlots that
        && slots.equals(that.slots)
        && unjudgedKeys == that.unjudgedKeys;
  }

  @Override
  public int hashCode() {
    return slots.hashCode() + Long.hashCode(unjudgedKeys);
  }

  @Override
  public String toString() {
    return count() + " slots, " + unjudgedKeys + " keys not judged";
  }
}
