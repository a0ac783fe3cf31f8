package io.managedredis.catalog;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.List;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Renders all documents anew when another rendering made them, or none yet. How far it came stands
 * in the settings and is committed together with the documents, so a crash anywhere costs nothing:
 * the next one goes on there, and several at once share the work. Until all are done, nobody is
 * given a catalogue to read from.
 */
final class Renewal {
  static final int BATCH = 1000;

  /**
   * The setting: the version of all documents, or {@code <version>:<id>} when those up to this id
   * have it. A version has no colon.
   */
  static final String SETTING = "rendering";

  private static final Logger log = LoggerFactory.getLogger(Renewal.class);
  private static final long LOGGED_EVERY = 100_000;
  private static final String NEXT =
      BackupCatalog.SELECT + " WHERE id > :id ORDER BY id LIMIT :limit";

  private final Database database;
  private final BackupRendering rendering;

  /**
   * @throws IllegalArgumentException when the version is not what {@link BackupRendering#version}
   *     promises
   */
  Renewal(Database database, BackupRendering rendering) {
    this.database = database;
    this.rendering = rendering;
    if (!rendering.version().matches("[a-zA-Z0-9]{1,64}")) {
      throw new IllegalArgumentException(
          "rendering version '%s' must be 1 to 64 of [a-zA-Z0-9]".formatted(rendering.version()));
    }
  }

  /**
   * Leaves all documents as this rendering makes them.
   *
   * @throws CatalogException when the database fails; what was committed stays
   */
  void run() {
    long rendered = 0;
    int batch;
    while (!isDone()) {
      batch = database.write("render its documents", this::step);
      if ((rendered + batch) / LOGGED_EVERY > rendered / LOGGED_EVERY) {
        log.info("Rendered the documents of {} backups so far", rendered + batch);
      }
      rendered += batch;
    }
    if (rendered > 0) {
      log.info("Rendered the documents of {} backups as this version does", rendered);
    }
  }

  private boolean isDone() {
    return new Settings(database).find(SETTING).filter(rendering.version()::equals).isPresent();
  }

  /** One batch; says how many it was. */
  private int step(Handle handle) {
    String begun = rendering.version() + ":";
    String state =
        handle
            .createQuery("SELECT setting_value FROM setting WHERE name = :name")
            .bind("name", SETTING)
            .map((row, context) -> row.getString(1))
            .findOne()
            .orElse("");
    if (state.equals(rendering.version())) {
      return 0;
    }
    List<BackupEntry> batch =
        handle
            .createQuery(NEXT)
            .bind("id", state.startsWith(begun) ? state.substring(begun.length()) : "")
            .bind("limit", BATCH)
            .map((row, context) -> BackupCatalog.entry(row))
            .list();
    render(handle.getConnection(), batch);
    boolean last = batch.size() < BATCH;
    handle
        .createUpdate(
            "INSERT INTO setting (name, setting_value) VALUES (:name, :value)"
                + " ON CONFLICT (name) DO UPDATE SET setting_value = excluded.setting_value")
        .bind("name", SETTING)
        .bind("value", last ? rendering.version() : begun + batch.get(batch.size() - 1).id())
        .execute();
    return batch.size();
  }

  private void render(Connection connection, List<BackupEntry> batch) {
    try (PreparedStatement update =
        connection.prepareStatement("UPDATE backup SET document = ? WHERE id = ?")) {
      for (BackupEntry entry : batch) {
        update.setBytes(1, rendering.render(entry));
        update.setString(2, entry.id());
        int unused = update.executeUpdate();
      }
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException("Updating documents failed", e, null);
    }
  }
}
