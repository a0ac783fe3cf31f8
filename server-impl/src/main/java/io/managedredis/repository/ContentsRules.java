package io.managedredis.repository;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/** What must hold in the counts of a shard. */
final class ContentsRules {
  private static final Pattern TYPE = Pattern.compile("[a-z][a-z0-9_]{0,31}");

  /** Far above what any memory holds, so that sums stay in range. */
  private static final long MOST_KEYS = 1L << 48;

  /** The highest number of databases that a server can be given is an int. */
  private static final long LAST_INDEX = Integer.MAX_VALUE;

  private ContentsRules() {}

  static void check(Rules rules, String at, ShardContents contents) throws ManifestException {
    rules.between(at + "functions", contents.functions(), 0, MOST_KEYS);
    List<DatabaseContents> databases = contents.databases();
    long last = -1;
    long keys = 0;
    for (int i = 0; i < databases.size(); i++) {
      DatabaseContents database = databases.get(i);
      String in = at + "databases[" + i + "].";
      rules.between(in + "index", database.index(), last + 1, LAST_INDEX);
      last = database.index();
      check(rules, in, database);
      keys += database.keys();
      rules.between(at + "databases", keys, 0, MOST_KEYS);
    }
  }

  private static void check(Rules rules, String at, DatabaseContents database)
      throws ManifestException {
    rules.between(at + "keys", database.keys(), 0, MOST_KEYS);
    rules.between(at + "expires", database.expires(), 0, database.keys());
    long sum = 0;
    for (Map.Entry<String, Long> type : database.keysByType().entrySet()) {
      rules.matches(at + "keysByType", type.getKey(), TYPE);
      rules.between(at + "keysByType", type.getValue(), 0, database.keys() - sum);
      sum += type.getValue();
    }
    rules.require(
        sum == database.keys(),
        at + "keysByType",
        database.keysByType(),
        "expected " + database.keys() + " keys together");
  }
}
