package io.managedredis.catalog;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;

/** Another program with the same file open. */
final class RawDatabase implements AutoCloseable {
  private final Connection connection;

  RawDatabase(Path file) throws SQLException {
    connection = DriverManager.getConnection("jdbc:sqlite:" + file);
  }

  void execute(String... statements) throws SQLException {
    try (var statement = connection.createStatement()) {
      for (String sql : statements) {
        statement.execute(sql);
      }
    }
  }

  List<String> query(String sql, int column) throws SQLException {
    List<String> rows = new ArrayList<>();
    try (var statement = connection.createStatement();
        var row = statement.executeQuery(sql)) {
      while (row.next()) {
        rows.add(row.getString(column));
      }
    }
    return rows;
  }

  /** The steps in which the database would run a statement with named parameters. */
  List<String> plan(String sql) throws SQLException {
    return query("EXPLAIN QUERY PLAN " + sql, 4);
  }

  @Override
  public void close() throws SQLException {
    connection.close();
  }
}
