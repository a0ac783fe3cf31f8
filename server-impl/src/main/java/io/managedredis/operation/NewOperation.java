package io.managedredis.operation;

import io.managedredis.catalog.OperationKind;
import org.jspecify.annotations.Nullable;

/**
 * An operation that is to be started.
 *
 * @param kind what it does
 * @param clusterId the cluster that it is about
 * @param folderId the folder of that cluster, or of the backup
 * @param backupId the backup that it makes or deletes
 * @param description for people, 0 to 256 characters
 * @param createdBy the caller's subject
 * @param idempotencyKey what makes the call repeatable for this caller, or null
 */
public record NewOperation(
    OperationKind kind,
    String clusterId,
    String folderId,
    String backupId,
    String description,
    String createdBy,
    @Nullable String idempotencyKey) {}
