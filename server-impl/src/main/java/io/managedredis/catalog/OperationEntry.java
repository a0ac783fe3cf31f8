package io.managedredis.catalog;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * One long-running operation as the catalogue knows it.
 *
 * @param id unique in the catalogue, not empty
 * @param kind what it does
 * @param clusterId the cluster that it is about
 * @param folderId the folder of that cluster, or of the backup
 * @param backupId the backup that it makes, deletes or verifies
 * @param description for people, 0 to 256 characters
 * @param createdBy the caller's subject
 * @param createdAt when it was asked for
 * @param modifiedAt when anything here last changed
 * @param done whether it has ended
 * @param failure why it ended without a result; null while it runs and when it succeeded
 * @param progress how far it has come
 * @param idempotencyKey what the caller sent to make the call repeatable, or null
 */
public record OperationEntry(
    String id,
    OperationKind kind,
    String clusterId,
    String folderId,
    String backupId,
    String description,
    String createdBy,
    Instant createdAt,
    Instant modifiedAt,
    boolean done,
    @Nullable Failure failure,
    Progress progress,
    @Nullable String idempotencyKey) {

  /**
   * Checks the values.
   *
   * @throws IllegalArgumentException when one is out of its range, or when an operation that isn't
   *     done has a failure
   */
  public OperationEntry {
    StoredText.requireName("id", id);
    StoredText.requireName("clusterId", clusterId);
    StoredText.requireName("folderId", folderId);
    StoredText.requireName("backupId", backupId);
    StoredText.requireName("createdBy", createdBy);
    StoredInstant.requireInRange("createdAt", createdAt);
    StoredInstant.requireInRange("modifiedAt", modifiedAt);
    description = StoredText.storable(description);
    if (idempotencyKey != null) {
      StoredText.requireName("idempotencyKey", idempotencyKey);
    }
    if (failure != null && !done) {
      throw new IllegalArgumentException("operation " + id + " has a failure but isn't done");
    }
  }

  /** The same operation, having come so far at that moment. */
  public OperationEntry withProgress(Progress newest, Instant at) {
    return new OperationEntry(
        id,
        kind,
        clusterId,
        folderId,
        backupId,
        description,
        createdBy,
        createdAt,
        at,
        done,
        failure,
        newest,
        idempotencyKey);
  }

  /** The same operation, ended at that moment; a null failure means that it succeeded. */
  public OperationEntry ended(@Nullable Failure why, Progress last, Instant at) {
    return new OperationEntry(
        id,
        kind,
        clusterId,
        folderId,
        backupId,
        description,
        createdBy,
        createdAt,
        at,
        true,
        why,
        last,
        idempotencyKey);
  }
}
