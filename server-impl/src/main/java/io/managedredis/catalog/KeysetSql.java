package io.managedredis.catalog;

import java.util.List;

/**
 * The statements of a list that is read page by page, newest first, then by id.
 *
 * @param first the first page: owner, limit
 * @param sameInstant what is left of the instant at which the page before ended: owner, after
 *     seconds, after nanos, after id, limit
 * @param older what comes after that: owner, after seconds, after nanos, limit
 */
record KeysetSql(String first, String sameInstant, String older) {
  private static final String ORDER =
      " ORDER BY created_seconds DESC, created_nanos DESC, id LIMIT :limit";

  /**
   * The statements with their parameters by name.
   *
   * @param select everything before the WHERE
   * @param owner the column that is compared with the owner
   */
  static KeysetSql of(String select, String owner) {
    String owned = select + " WHERE " + owner + " = :owner";
    // The order is mixed, so no single comparison of rows says "after": one query for the rest of
    // that instant, one for what is older. Both are ranges of the index.
    return new KeysetSql(
        owned + ORDER,
        owned
            + " AND created_seconds = :after_seconds AND created_nanos = :after_nanos"
            + " AND id > :after_id ORDER BY id LIMIT :limit",
        owned + " AND (created_seconds, created_nanos) < (:after_seconds, :after_nanos)" + ORDER);
  }

  /** The same with their parameters by place. */
  KeysetSql positional() {
    return new KeysetSql(positional(first), positional(sameInstant), positional(older));
  }

  private static String positional(String sql) {
    return sql.replaceAll(":[a-z_]+", "?");
  }

  List<String> statements() {
    return List.of(first, sameInstant, older);
  }
}
