package io.managedredis.catalog;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.zip.CRC32;

/**
 * The steps to the present schema. Flyway takes them and keeps a history of them in the database;
 * where that history says that these very files were applied, and nothing else, there is nothing
 * for it to do, and it need not be started to find that out.
 */
final class Migrations {
  static final String FOLDER = "io/managedredis/catalog/migration";

  /** In the order of their versions. */
  static final List<String> FILES =
      List.of(
          "V1__backups_and_operations.sql",
          "V2__verification.sql",
          "V3__backups_as_they_are_listed.sql");

  private Migrations() {}

  /** One row of the history, as far as it tells what was done. */
  private record Applied(String version, String script, int checksum, boolean successful) {}

  /**
   * Whether the database's history is what these files leave behind.
   *
   * @throws SQLException also when there is no history
   */
  static boolean areApplied(Connection connection) throws SQLException {
    List<Applied> history = new ArrayList<>();
    try (var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT version, script, checksum, success FROM flyway_schema_history"
                    + " ORDER BY installed_rank")) {
      while (row.next()) {
        history.add(
            new Applied(
                Objects.requireNonNullElse(row.getString(1), ""),
                row.getString(2),
                row.getInt(3),
                row.getBoolean(4)));
      }
    }
    return history.equals(FILES.stream().map(Migrations::applied).toList());
  }

  private static Applied applied(String file) {
    return new Applied(file.substring(1, file.indexOf("__")), file, checksum(file), true);
  }

  /** As Flyway computes it, whatever a checkout made of the line ends. */
  private static int checksum(String file) {
    try (InputStream in =
            Objects.requireNonNull(
                Migrations.class.getClassLoader().getResourceAsStream(FOLDER + "/" + file), file);
        BufferedReader lines =
            new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      CRC32 checksum = new CRC32();
      String line = lines.readLine();
      while (line != null) {
        checksum.update(line.getBytes(StandardCharsets.UTF_8));
        line = lines.readLine();
      }
      return (int) checksum.getValue();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
