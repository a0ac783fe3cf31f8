package io.managedredis.repository;

import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What one database of a snapshot holds.
 *
 * @param index its number, 0 or more
 * @param keys how many keys
 * @param expires how many of them have an expiry
 * @param keysByType how many keys of each type that occurs: {@code string}, {@code list}, {@code
 *     set}, {@code sorted_set}, {@code hash}, {@code stream}, {@code module}, {@code array}
 */
public record DatabaseContents(
    long index, long keys, long expires, SortedMap<String, Long> keysByType) {

  /** Keeps a copy of the map. */
  public DatabaseContents {
    keysByType = Collections.unmodifiableSortedMap(new TreeMap<>(keysByType));
  }

  /** The same, of any map. */
  public static DatabaseContents of(
      long index, long keys, long expires, Map<String, Long> keysByType) {
    return new DatabaseContents(index, keys, expires, new TreeMap<>(keysByType));
  }
}
