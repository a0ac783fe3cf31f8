package io.managedredis.rdb;

import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Counts what is read, by database. */
final class DatabaseTallies {
  /**
   * How many databases are told apart at most: a file can name 2^31 of them at a few bytes each.
   */
  static final int MOST_DATABASES = 16384;

  private static final class Count {
    private long keys;
  }

  private static final class Tally {
    private final Map<ValueType, Count> byType = new EnumMap<>(ValueType.class);
    private long expires;
    private long announcedKeys = -1;
    private long announcedExpires = -1;
    private long hashFieldExpiries;

    private DatabaseContents contents(long index) {
      long all = 0;
      Map<ValueType, Long> keysByType = new EnumMap<>(ValueType.class);
      for (Map.Entry<ValueType, Count> entry : byType.entrySet()) {
        all += entry.getValue().keys;
        keysByType.put(entry.getKey(), entry.getValue().keys);
      }
      return new DatabaseContents(
          index, all, expires, announcedKeys, announcedExpires, keysByType, hashFieldExpiries);
    }
  }

  private final Map<Long, Tally> byIndex = new TreeMap<>();
  private Tally current = new Tally();

  /** Goes on in this database; false if there are too many of them already. */
  boolean select(long index) {
    Tally known = byIndex.get(index);
    if (known == null) {
      if (byIndex.size() == MOST_DATABASES) {
        return false;
      }
      known = new Tally();
      byIndex.put(index, known);
    }
    current = known;
    return true;
  }

  /** Servers load what comes before any SELECTDB into database 0; none of them writes such. */
  private void selectFirst() {
    if (byIndex.isEmpty()) {
      byIndex.put(0L, current);
    }
  }

  /** Counts a key that was read to its end. */
  void key(ValueType type, boolean expires, boolean fieldExpiries) {
    selectFirst();
    current.byType.computeIfAbsent(type, t -> new Count()).keys++;
    if (expires) {
      current.expires++;
    }
    if (fieldExpiries) {
      current.hashFieldExpiries++;
    }
  }

  /** The file says that the current database has so many keys. */
  void announcedKeys(long keys) {
    selectFirst();
    current.announcedKeys = keys;
  }

  /** The file says that the current database has so many keys with an expiry. */
  void announcedExpires(long expires) {
    current.announcedExpires = expires;
  }

  /** What was counted so far. */
  List<DatabaseContents> contents() {
    return byIndex.entrySet().stream()
        .map(entry -> entry.getValue().contents(entry.getKey()))
        .toList();
  }
}
