package io.managedredis.repository;

import java.util.List;

/**
 * What a snapshot holds, as far as its structure could be walked.
 *
 * @param databases those with keys, by index ascending
 * @param functions libraries of functions, 0 or more
 */
public record ShardContents(List<DatabaseContents> databases, long functions) {

  /** Nothing is known to be there. */
  public static final ShardContents NONE = new ShardContents(List.of(), 0);

  /** Keeps a copy of the list. */
  public ShardContents {
    databases = List.copyOf(databases);
  }

  /** Keys in all databases. */
  public long keys() {
    return databases.stream().mapToLong(DatabaseContents::keys).sum();
  }
}
