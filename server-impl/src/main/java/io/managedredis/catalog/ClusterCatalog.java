package io.managedredis.catalog;

import java.time.Instant;

/** Since when each cluster has been declared. */
public final class ClusterCatalog {
  private final Database database;

  ClusterCatalog(Database database) {
    this.database = database;
  }

  /**
   * The instant at which this cluster was first declared to this catalogue: {@code now}, when it
   * never was before.
   *
   * @throws CatalogException when the database fails
   */
  public Instant declared(String clusterId, Instant now) {
    StoredText.requireName("clusterId", clusterId);
    StoredInstant.requireInRange("now", now);
    return database.write(
        "record cluster " + clusterId,
        handle -> {
          StoredInstant.bind(
                  handle.createUpdate(
                      "INSERT INTO declared_cluster (id, declared_seconds, declared_nanos) VALUES"
                          + " (:id, :declared_seconds, :declared_nanos)"
                          + " ON CONFLICT (id) DO NOTHING"),
                  "declared",
                  now)
              .bind("id", clusterId)
              .execute();
          return handle
              .createQuery(
                  "SELECT declared_seconds, declared_nanos FROM declared_cluster WHERE id = :id")
              .bind("id", clusterId)
              .map((row, context) -> StoredInstant.read(row, "declared"))
              .one();
        });
  }
}
