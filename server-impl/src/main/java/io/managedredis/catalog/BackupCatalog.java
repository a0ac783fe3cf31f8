package io.managedredis.catalog;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/** The finished backups. Every method throws {@link CatalogException} when the database fails. */
public final class BackupCatalog {
  static final String SELECT =
      "SELECT id, folder_id, cluster_id, started_seconds, started_nanos, created_seconds,"
          + " created_nanos, backup_type, shard_names, raw_bytes, stored_bytes FROM backup";
  static final KeysetQuery<BackupEntry> BY_FOLDER =
      new KeysetQuery<>(SELECT, "folder_id", (row, context) -> entry(row));
  static final KeysetQuery<BackupEntry> BY_CLUSTER =
      new KeysetQuery<>(SELECT, "cluster_id", (row, context) -> entry(row));
  static final String LAST_CREATED =
      "SELECT created_seconds, created_nanos FROM backup WHERE cluster_id = :cluster"
          + " AND damaged = 0 ORDER BY created_seconds DESC, created_nanos DESC LIMIT 1";
  static final String IDS_AFTER = "SELECT id FROM backup WHERE id > :id ORDER BY id LIMIT :limit";

  static final String DAMAGED =
      "SELECT COUNT(*) FROM backup WHERE cluster_id = :cluster AND damaged = 1";

  /** Rows of one transaction of {@link #addAll}: some tens of milliseconds for other writers. */
  static final int BATCH = 2000;

  private static final String INSERT =
      "INSERT INTO backup (id, folder_id, cluster_id, started_seconds, started_nanos,"
          + " created_seconds, created_nanos, backup_type, shard_names, raw_bytes, stored_bytes,"
          + " document) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING";

  private final Database database;
  private final BackupRendering rendering;
  private final BackupDocuments now;
  private final BackupDocuments waiting;

  BackupCatalog(
      Database database, BackupRendering rendering, BackupDocuments now, BackupDocuments waiting) {
    this.database = database;
    this.rendering = rendering;
    this.now = now;
    this.waiting = waiting;
  }

  /**
   * The documents for threads that must not wait: what can't be answered at once is a {@link
   * CatalogException} with {@link CatalogException.Reason#BUSY}.
   */
  public BackupDocuments now() {
    return now;
  }

  /** The documents for threads that may wait: for a lock, and for a connection. */
  public BackupDocuments documents() {
    return waiting;
  }

  /** Adds a backup and says whether it is new; one whose id is known stays as it is. */
  public boolean add(BackupEntry backup) {
    return database.write(
        "add backup " + backup.id(), handle -> insert(handle, List.of(backup)) == 1);
  }

  /**
   * Adds many backups and says how many of them are new; one whose id is known stays as it is. They
   * are taken and written some thousands at a time, each lot in a transaction of its own, so memory
   * and the wait of other writers don't grow with their number. Nothing is locked while the next
   * ones are taken from the iterator. When it fails in the middle, the lots before stay; adding all
   * of them once more is fine.
   */
  public long addAll(Iterator<BackupEntry> backups) {
    long added = 0;
    List<BackupEntry> batch = new ArrayList<>(BATCH);
    while (backups.hasNext()) {
      batch.add(backups.next());
      if (batch.size() == BATCH || !backups.hasNext()) {
        added += database.write("add backups", handle -> insert(handle, batch));
        batch.clear();
      }
    }
    return added;
  }

  /** Plain JDBC, since binding by name would take longer than the database does. */
  private int insert(Handle handle, List<BackupEntry> backups) {
    int added = 0;
    try (PreparedStatement insert = handle.getConnection().prepareStatement(INSERT)) {
      for (BackupEntry backup : backups) {
        insert.setString(1, backup.id());
        insert.setString(2, backup.folderId());
        insert.setString(3, backup.clusterId());
        StoredInstant.set(insert, 4, backup.startedAt());
        StoredInstant.set(insert, 6, backup.createdAt());
        insert.setString(8, backup.type().name());
        insert.setString(9, String.join(",", backup.shardNames()));
        insert.setLong(10, backup.rawBytes());
        insert.setLong(11, backup.storedBytes());
        insert.setBytes(12, rendering.render(backup));
        added += insert.executeUpdate();
      }
    } catch (SQLException e) {
      throw new UnableToExecuteStatementException("Inserting backups failed", e, null);
    }
    return added;
  }

  /** The backup of that id. */
  public Optional<BackupEntry> find(String id) {
    return database.read(
        "read a backup",
        handle ->
            handle
                .createQuery(SELECT + " WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> entry(row))
                .findOne());
  }

  /** How many there are. */
  public long count() {
    return database.read(
        "count the backups",
        handle ->
            handle
                .createQuery("SELECT COUNT(*) FROM backup")
                .map((row, context) -> row.getLong(1))
                .one());
  }

  /** Removes a backup and says whether it was there. */
  public boolean remove(String id) {
    return database.write(
        "remove backup " + id,
        handle ->
            handle.createUpdate("DELETE FROM backup WHERE id = :id").bind("id", id).execute() == 1);
  }

  /**
   * Notes whether a backup was found damaged when it was last looked at; says whether that is news.
   */
  public boolean markDamaged(String id, boolean damaged) {
    // Mostly it is none: then a disk that can't be written is not in the way.
    if (damaged(id).filter(known -> known != damaged).isEmpty()) {
      return false;
    }
    return database.write(
        "note what was proven of backup " + id,
        handle ->
            handle
                    .createUpdate(
                        "UPDATE backup SET damaged = :damaged WHERE id = :id AND damaged <> :damaged")
                    .bind("damaged", damaged ? 1 : 0)
                    .bind("id", id)
                    .execute()
                == 1);
  }

  /** Whether a backup was found damaged when it was last looked at; empty when it is not listed. */
  public Optional<Boolean> damaged(String id) {
    return database.read(
        "read what was proven of a backup",
        handle ->
            handle
                .createQuery("SELECT damaged FROM backup WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> row.getInt(1) == 1)
                .findOne());
  }

  /** How many backups of a cluster were found damaged when they were last looked at. */
  public long countDamaged(String clusterId) {
    return database.read(
        "count the damaged backups of a cluster",
        handle ->
            handle
                .createQuery(DAMAGED)
                .bind("cluster", clusterId)
                .map((row, context) -> row.getLong(1))
                .one());
  }

  /**
   * The next backups of a folder, newest first.
   *
   * @param after the last one of the page before; null for the first page
   * @param limit how many at most, 1 or more
   */
  public List<BackupEntry> listByFolder(String folderId, @Nullable Position after, int limit) {
    return BY_FOLDER.page(database, "list the backups of a folder", folderId, after, limit);
  }

  /**
   * The next backups of a cluster, newest first.
   *
   * @param after the last one of the page before; null for the first page
   * @param limit how many at most, 1 or more
   */
  public List<BackupEntry> listByCluster(String clusterId, @Nullable Position after, int limit) {
    return BY_CLUSTER.page(database, "list the backups of a cluster", clusterId, after, limit);
  }

  /** When the newest backup of a cluster was completed, those found damaged left out. */
  public Optional<Instant> lastCreatedAt(String clusterId) {
    return database.read(
        "find the last backup of a cluster",
        handle ->
            handle
                .createQuery(LAST_CREATED)
                .bind("cluster", clusterId)
                .map((row, context) -> StoredInstant.read(row, "created"))
                .findOne());
  }

  /**
   * The ids of all backups, page by page, ascending.
   *
   * @param id the last one of the page before; null for the first page
   * @param limit how many at most, 1 or more
   */
  public List<String> idsAfter(@Nullable String id, int limit) {
    KeysetQuery.requireLimit(limit);
    return database.read(
        "list the backups",
        handle ->
            handle
                .createQuery(IDS_AFTER)
                .bind("id", id == null ? "" : id)
                .bind("limit", limit)
                .map((row, context) -> row.getString(1))
                .list());
  }

  static BackupEntry entry(ResultSet row) throws SQLException {
    String shards = row.getString("shard_names");
    return new BackupEntry(
        row.getString("id"),
        row.getString("folder_id"),
        row.getString("cluster_id"),
        StoredInstant.read(row, "started"),
        StoredInstant.read(row, "created"),
        BackupType.valueOf(row.getString("backup_type")),
        shards.isEmpty() ? List.of() : List.of(shards.split(",", -1)),
        row.getLong("raw_bytes"),
        row.getLong("stored_bytes"));
  }
}
