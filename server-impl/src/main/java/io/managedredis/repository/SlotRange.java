package io.managedredis.repository;

/**
 * Hash slots that a shard owns.
 *
 * @param from the first slot, 0 to 16383
 * @param to the last slot, inclusive, not below {@code from}
 */
public record SlotRange(int from, int to) {}
