package io.managedredis.catalog;

import java.util.ArrayList;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.mapper.RowMapper;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * Pages of what one owner has, newest first, then by id. A page starts where the last one ended,
 * not at a count of rows, so rows that come and go in between neither repeat nor hide others, and
 * the last page costs what the first does.
 */
final class KeysetQuery<T> {
  private final KeysetSql sql;
  private final RowMapper<T> mapper;

  /**
   * @param select everything before the WHERE
   * @param owner the column that is compared with the owner
   */
  KeysetQuery(String select, String owner, RowMapper<T> mapper) {
    this.sql = KeysetSql.of(select, owner);
    this.mapper = mapper;
  }

  /**
   * One page of what the owner has.
   *
   * @throws IllegalArgumentException when the limit is less than 1
   */
  List<T> page(Database database, String what, String owner, @Nullable Position after, int limit) {
    requireLimit(limit);
    return database.read(
        what,
        handle ->
            after == null
                ? rows(handle.createQuery(sql.first()), owner, limit)
                : page(handle, owner, after, limit));
  }

  private List<T> page(Handle handle, String owner, Position after, int limit) {
    Query rest = handle.createQuery(sql.sameInstant()).bind("after_id", after.id());
    StoredInstant.bind(rest, "after", after.createdAt());
    List<T> page = new ArrayList<>(rows(rest, owner, limit));
    if (page.size() < limit) {
      Query olderOnes = handle.createQuery(sql.older());
      StoredInstant.bind(olderOnes, "after", after.createdAt());
      page.addAll(rows(olderOnes, owner, limit - page.size()));
    }
    return page;
  }

  private List<T> rows(Query query, String owner, int limit) {
    return query.bind("owner", owner).bind("limit", limit).map(mapper).list();
  }

  /** All the statements, for whoever wants to see how the database plans them. */
  List<String> statements() {
    return sql.statements();
  }

  static void requireLimit(int limit) {
    if (limit < 1) {
      throw new IllegalArgumentException("limit " + limit + " must be 1 or more");
    }
  }
}
