package io.managedredis.catalog;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MigrationsTest {
  @TempDir private Path folder = Path.of("");
  private Path file = Path.of("");

  @BeforeEach
  void create() {
    file = folder.resolve("catalog.db");
    Catalog.open(file, Samples.RENDERING).close();
  }

  @Test
  void everyFileIsListedInTheOrderOfItsVersion() throws Exception {
    URI resources =
        Objects.requireNonNull(
                Migrations.class.getClassLoader().getResource(Migrations.FOLDER), "migrations")
            .toURI();
    try (Stream<Path> files = Files.list(Path.of(resources))) {
      assertThat(files.map(migration -> migration.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(Migrations.FILES);
    }
    assertThat(Migrations.FILES)
        .extracting(name -> Integer.valueOf(name.substring(1, name.indexOf("__"))))
        .isSorted();
  }

  @Test
  void whatFlywayHasBroughtToThePresentSchemaNeedsItNoMore() throws SQLException {
    assertThat(areApplied()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "UPDATE flyway_schema_history SET checksum = checksum + 1 WHERE version = '1'",
        "UPDATE flyway_schema_history SET success = 0 WHERE version = '2'",
        "UPDATE flyway_schema_history SET version = NULL WHERE version = '2'",
        "UPDATE flyway_schema_history SET script = 'V1__other.sql' WHERE version = '1'",
        "DELETE FROM flyway_schema_history WHERE version = '2'",
        "DELETE FROM flyway_schema_history",
        "INSERT INTO flyway_schema_history SELECT installed_rank + 1000, '9999', 'newer', type,"
            + " 'V9999__newer.sql', checksum, installed_by, installed_on, execution_time, success"
            + " FROM flyway_schema_history WHERE version = '1'"
      })
  void anyOtherHistoryIsForFlywayToJudge(String change) throws SQLException {
    try (RawDatabase database = new RawDatabase(file)) {
      database.execute(change);
    }

    assertThat(areApplied()).isFalse();
  }

  private boolean areApplied() throws SQLException {
    try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file)) {
      return Migrations.areApplied(connection);
    }
  }
}
