package io.managedredis.catalog;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.Update;
import org.jspecify.annotations.Nullable;

/**
 * The long-running operations, ended or not. Every method throws {@link CatalogException} when the
 * database fails.
 */
public final class OperationCatalog {
  private static final String SELECT =
      "SELECT id, kind, cluster_id, folder_id, backup_id, description, created_by,"
          + " created_seconds, created_nanos, modified_seconds, modified_nanos, done,"
          + " failure_code, failure_message, bytes, shards_done, shards_total, idempotency_key"
          + " FROM operation";
  static final KeysetQuery<OperationEntry> BY_CLUSTER =
      new KeysetQuery<>(SELECT, "cluster_id", (row, context) -> entry(row));
  static final String UNFINISHED =
      SELECT + " WHERE done = 0 ORDER BY created_seconds, created_nanos, id";

  /** How often an insertion is tried when what stood against it ends at that moment. */
  private static final int ATTEMPTS = 5;

  private final Database database;

  OperationCatalog(Database database) {
    this.database = database;
  }

  /**
   * Inserts an operation unless it repeats one or may not run beside one. The database holds that,
   * so of two callers at the same moment, in any process, one wins.
   *
   * @throws CatalogException when the database fails, or when the id is taken
   */
  public Insertion insert(OperationEntry operation) {
    String what = "record operation " + operation.id();
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Optional<Insertion> outcome = database.write(what, handle -> tryInsert(handle, operation));
      if (outcome.isPresent()) {
        return outcome.get();
      }
    }
    throw new CatalogException(
        CatalogException.Reason.OTHER,
        "catalogue %s could not %s, since its id is taken".formatted(database.file(), what),
        null);
  }

  private static Optional<Insertion> tryInsert(Handle handle, OperationEntry operation) {
    if (insertRow(handle, operation)) {
      return Optional.of(new Insertion.Inserted());
    }
    String key = operation.idempotencyKey();
    if (key != null) {
      Optional<OperationEntry> existing = findByKey(handle, operation.createdBy(), key);
      if (existing.isPresent()) {
        return existing.map(Insertion.Repeated::new);
      }
    }
    return findRunning(handle, operation).map(Insertion.Conflict::new);
  }

  private static boolean insertRow(Handle handle, OperationEntry operation) {
    Update insert =
        handle.createUpdate(
            "INSERT INTO operation (id, kind, cluster_id, folder_id, backup_id, description,"
                + " created_by, created_seconds, created_nanos, modified_seconds, modified_nanos,"
                + " done, failure_code, failure_message, bytes, shards_done, shards_total,"
                + " idempotency_key) VALUES (:id, :kind, :cluster, :folder, :backup, :description,"
                + " :created_by, :created_seconds, :created_nanos, :modified_seconds,"
                + " :modified_nanos, :done, :failure_code, :failure_message, :bytes, :shards_done,"
                + " :shards_total, :key) ON CONFLICT DO NOTHING");
    StoredInstant.bind(insert, "created", operation.createdAt());
    bindState(insert, operation.failure(), operation.progress(), operation.modifiedAt());
    return insert
            .bind("id", operation.id())
            .bind("kind", operation.kind().name())
            .bind("cluster", operation.clusterId())
            .bind("folder", operation.folderId())
            .bind("backup", operation.backupId())
            .bind("description", operation.description())
            .bind("created_by", operation.createdBy())
            .bind("done", operation.done() ? 1 : 0)
            .bind("key", operation.idempotencyKey())
            .execute()
        == 1;
  }

  private static Optional<OperationEntry> findByKey(Handle handle, String caller, String key) {
    return handle
        .createQuery(SELECT + " WHERE created_by = :caller AND idempotency_key = :key")
        .bind("caller", caller)
        .bind("key", key)
        .map((row, context) -> entry(row))
        .findOne();
  }

  private static Optional<OperationEntry> findRunning(Handle handle, OperationEntry operation) {
    String same =
        switch (operation.kind()) {
          case BACKUP_CLUSTER -> " WHERE done = 0 AND kind = 'BACKUP_CLUSTER' AND cluster_id = :x";
          case DELETE_BACKUP -> " WHERE done = 0 AND kind = 'DELETE_BACKUP' AND backup_id = :x";
          case VERIFY_BACKUP -> " WHERE done = 0 AND kind = 'VERIFY_BACKUP' AND backup_id = :x";
        };
    String value =
        switch (operation.kind()) {
          case BACKUP_CLUSTER -> operation.clusterId();
          case DELETE_BACKUP, VERIFY_BACKUP -> operation.backupId();
        };
    return handle
        .createQuery(SELECT + same)
        .bind("x", value)
        .map((row, context) -> entry(row))
        .findOne();
  }

  /** The operation of that id. */
  public Optional<OperationEntry> find(String id) {
    return database.read(
        "read an operation",
        handle ->
            handle
                .createQuery(SELECT + " WHERE id = :id")
                .bind("id", id)
                .map((row, context) -> entry(row))
                .findOne());
  }

  /** The operation that this caller started with this key. */
  public Optional<OperationEntry> findByIdempotencyKey(String createdBy, String key) {
    return database.read("read an operation", handle -> findByKey(handle, createdBy, key));
  }

  /** Records how far an operation has come; says whether it is there and had not ended. */
  public boolean progress(String id, Progress progress, Instant at) {
    return database.write(
        "record the progress of operation " + id,
        handle -> {
          Update update =
              handle.createUpdate(
                  "UPDATE operation SET bytes = :bytes, shards_done = :shards_done, shards_total ="
                      + " :shards_total, modified_seconds = :modified_seconds, modified_nanos ="
                      + " :modified_nanos WHERE id = :id AND done = 0");
          bindProgress(update, progress, at);
          return update.bind("id", id).execute() == 1;
        });
  }

  /**
   * Records the end of an operation; says whether it is there and had not ended before.
   *
   * @param failure null when it succeeded
   */
  public boolean finish(String id, @Nullable Failure failure, Progress progress, Instant at) {
    return database.write(
        "record the end of operation " + id,
        handle -> {
          Update update =
              handle.createUpdate(
                  "UPDATE operation SET done = 1, failure_code = :failure_code, failure_message ="
                      + " :failure_message, bytes = :bytes, shards_done = :shards_done,"
                      + " shards_total = :shards_total, modified_seconds = :modified_seconds,"
                      + " modified_nanos = :modified_nanos WHERE id = :id AND done = 0");
          bindState(update, failure, progress, at);
          return update.bind("id", id).execute() == 1;
        });
  }

  /**
   * The next operations of a cluster, newest first, then by id.
   *
   * @param after the last one of the page before; null for the first page
   * @param limit how many at most, 1 or more
   */
  public List<OperationEntry> listByCluster(String clusterId, @Nullable Position after, int limit) {
    return BY_CLUSTER.page(database, "list the operations of a cluster", clusterId, after, limit);
  }

  /** The operations that have not ended, oldest first. */
  public List<OperationEntry> listUnfinished() {
    return database.read(
        "list the unfinished operations",
        handle -> handle.createQuery(UNFINISHED).map((row, context) -> entry(row)).list());
  }

  private static void bindState(
      Update update, @Nullable Failure failure, Progress progress, Instant modifiedAt) {
    bindProgress(update, progress, modifiedAt);
    update
        .bind("failure_code", failure == null ? null : Integer.valueOf(failure.code()))
        .bind("failure_message", failure == null ? null : failure.message());
  }

  private static void bindProgress(Update update, Progress progress, Instant modifiedAt) {
    StoredInstant.bind(update, "modified", modifiedAt)
        .bind("bytes", progress.bytes())
        .bind("shards_done", progress.shardsDone())
        .bind("shards_total", progress.shardsTotal());
  }

  private static OperationEntry entry(ResultSet row) throws SQLException {
    String message = row.getString("failure_message");
    return new OperationEntry(
        row.getString("id"),
        OperationKind.valueOf(row.getString("kind")),
        row.getString("cluster_id"),
        row.getString("folder_id"),
        row.getString("backup_id"),
        row.getString("description"),
        row.getString("created_by"),
        StoredInstant.read(row, "created"),
        StoredInstant.read(row, "modified"),
        row.getInt("done") == 1,
        message == null ? null : new Failure(row.getInt("failure_code"), message),
        new Progress(row.getLong("bytes"), row.getInt("shards_done"), row.getInt("shards_total")),
        row.getString("idempotency_key"));
  }
}
