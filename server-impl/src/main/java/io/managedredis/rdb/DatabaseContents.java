package io.managedredis.rdb;

import java.util.Collections;
import java.util.EnumMap;
import java.util.Map;

/**
 * What was counted in one database of an RDB file. A server forks before it writes, so what it
 * announces is what it holds; both numbers are told, and it is for the reader of them to compare.
 *
 * @param index the number of the database, from 0
 * @param keys how many keys were read to their end
 * @param expires how many of these have an expiry
 * @param announcedKeys how many keys the file says the database has, -1 if it doesn't say
 * @param announcedExpires how many keys with an expiry the file says it has, -1 if it doesn't say
 * @param keysByType how many of the keys hold which type, without types that no key holds
 * @param hashFieldExpiries how many hashes are written in a form whose fields have expiries of
 *     their own; the fields are not counted
 */
public record DatabaseContents(
    long index,
    long keys,
    long expires,
    long announcedKeys,
    long announcedExpires,
    Map<ValueType, Long> keysByType,
    long hashFieldExpiries) {
  /** Keeps a copy of the map, in the order of the types. */
  public DatabaseContents {
    EnumMap<ValueType, Long> copy = new EnumMap<>(ValueType.class);
    copy.putAll(keysByType);
    keysByType = Collections.unmodifiableMap(copy);
  }
}
