package io.managedredis.catalog;

import io.managedredis.catalog.CatalogException.Reason;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;
import org.flywaydb.core.api.MigrationInfo;
import org.flywaydb.core.api.MigrationState;
import org.sqlite.SQLiteDataSource;

/** The file on its way to being a catalogue of this version: created, recognised, migrated. */
final class DatabaseFile {
  static final String MIGRATIONS = "classpath:" + Migrations.FOLDER;

  /** What the migrations leave to the engine. */
  static final Map<String, String> PLACEHOLDERS =
      Map.of(
          "id_type",
          "TEXT",
          "bytes_type",
          "BLOB",
          "listed_key",
          "(folder_id, created_seconds, created_nanos, id DESC)",
          "clustered",
          "WITHOUT ROWID");

  private final Path file;
  private final Duration lockWait;

  DatabaseFile(Path file, Duration lockWait) {
    this.file = file;
    this.lockWait = lockWait;
  }

  /** Leaves a catalogue of this version at that place. */
  void prepare() {
    create();
    if (!isPresent()) {
      migrate(Database.source(file, lockWait));
    }
  }

  private void create() {
    try {
      Path folder = file.toAbsolutePath().getParent();
      if (folder != null) {
        Files.createDirectories(folder);
      }
      Files.createFile(file, ownerOnly());
    } catch (FileAlreadyExistsException e) {
      // SQLite would follow a link, and write wherever it leads.
      if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
        throw new CatalogException(Reason.NOT_WRITABLE, message("be opened"), e);
      }
    } catch (IOException e) {
      throw new CatalogException(Reason.NOT_WRITABLE, message("be created"), e);
    }
  }

  /** It holds the secrets that sign tokens; its log files get the same permissions from SQLite. */
  private FileAttribute<?>[] ownerOnly() {
    if (!file.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      return new FileAttribute<?>[0];
    }
    return new FileAttribute<?>[] {
      PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
    };
  }

  /**
   * Whether it is a catalogue of this version already. Looks at it before any setting is changed,
   * so that a file of somebody else stays as it is.
   */
  private boolean isPresent() {
    SQLiteDataSource source = new SQLiteDataSource();
    source.setUrl("jdbc:sqlite:" + file);
    try (Connection connection = source.getConnection();
        var statement = connection.createStatement();
        var row =
            statement.executeQuery(
                "SELECT count(*), count(CASE WHEN name = 'flyway_schema_history' THEN 1 END)"
                    + " FROM sqlite_master WHERE type = 'table'")) {
      boolean isEmpty = !row.next() || row.getInt(1) == 0;
      if (!isEmpty && row.getInt(2) == 0) {
        throw new CatalogException(Reason.NOT_A_CATALOG, message("be opened"), null);
      }
      return !isEmpty && Migrations.areApplied(connection);
    } catch (SQLException e) {
      throw CatalogException.of(message("be opened"), e);
    }
  }

  private void migrate(SQLiteDataSource source) {
    try {
      Flyway flyway =
          Flyway.configure(DatabaseFile.class.getClassLoader())
              .dataSource(source)
              .locations(MIGRATIONS)
              .failOnMissingLocations(true)
              .placeholders(PLACEHOLDERS)
              .load();
      MigrationInfo[] migrations = flyway.info().all();
      if (Arrays.stream(migrations).anyMatch(DatabaseFile::isFromTheFuture)) {
        throw new CatalogException(Reason.NEWER_SCHEMA, message("be opened"), null);
      }
      flyway.migrate();
    } catch (FlywayException e) {
      throw CatalogException.of(message("be brought to the present schema"), e);
    }
  }

  private static boolean isFromTheFuture(MigrationInfo migration) {
    return migration.getState() == MigrationState.FUTURE_SUCCESS
        || migration.getState() == MigrationState.FUTURE_FAILED;
  }

  private String message(String what) {
    return "catalogue %s could not %s".formatted(file, what);
  }
}
