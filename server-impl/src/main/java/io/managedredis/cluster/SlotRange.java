package io.managedredis.cluster;

/**
 * Consecutive hash slots.
 *
 * @param from the first slot, 0 to 16383
 * @param to the last slot, inclusive, 0 to 16383
 */
public record SlotRange(int from, int to) {

  /** How many slots a cluster has. */
  public static final int SLOTS = 16384;

  /** Throws {@link IllegalArgumentException} when the range is empty or leaves 0 to 16383. */
  public SlotRange {
    if (from < 0 || to >= SLOTS || from > to) {
      throw new IllegalArgumentException("slots " + from + "-" + to + " are no range in 0-16383");
    }
  }

  @Override
  public String toString() {
    return from == to ? Integer.toString(from) : from + "-" + to;
  }
}
