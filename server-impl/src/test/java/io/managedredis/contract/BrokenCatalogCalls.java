package io.managedredis.contract;

import io.managedredis.testing.Call;
import io.managedredis.testing.RunningService;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.List;
import java.util.Map;

/** Calls on a service whose catalogue has lost its tables. */
final class BrokenCatalogCalls implements AutoCloseable {

  private final RunningService service;

  BrokenCatalogCalls(Path folder) throws SQLException {
    service =
        RunningService.in(folder)
            // Shards that are discovered come from the nodes alone, and there is none.
            .cluster("c9q287aqv5rf11isjeql", "b1g4c2t7qf0s8m3n5k6d", "127.0.0.1:1")
            .start();
    try (Connection other = DriverManager.getConnection("jdbc:sqlite:" + service.catalogFile());
        var statement = other.createStatement()) {
      for (String table : List.of("backup", "operation", "declared_cluster")) {
        statement.execute("ALTER TABLE " + table + " RENAME TO former_" + table);
      }
    }
  }

  /** By the name of the example. */
  Map<String, Situation> situations() {
    return Map.of(
        "ErrorCatalogUnavailable", operation -> Call.of(operation).send(service),
        "ErrorNoNodeAnswers", operation -> Call.of(operation).send(service));
  }

  @Override
  public void close() {
    service.close();
  }
}
