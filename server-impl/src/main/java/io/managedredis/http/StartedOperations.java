package io.managedredis.http;

import io.managedredis.api.model.Operation;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.catalog.OperationKind;
import io.managedredis.cluster.Clusters;
import io.managedredis.operation.NewOperation;
import io.managedredis.operation.Operations;
import io.managedredis.operation.StartResult;
import io.managedredis.operation.StatusCode;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Starting operations on behalf of a call, with the answers that the contract has for it. */
final class StartedOperations {

  private static final String KEY = "Idempotency-Key";

  private final Operations operations;
  private final Clusters clusters;
  private final CurrentCall call;

  StartedOperations(Operations operations, Clusters clusters, CurrentCall call) {
    this.operations = operations;
    this.clusters = clusters;
    this.call = call;
  }

  /** Starts an operation, or answers the one that the same key started before. */
  Operation start(NewOperation wanted) {
    StartResult result = operations.start(wanted);
    if (result instanceof StartResult.Started started) {
      return noted(started.entry());
    }
    if (result instanceof StartResult.Repeated repeated) {
      return noted(repeated.entry());
    }
    if (result instanceof StartResult.KeyReused reused) {
      throw reused(reused.existing());
    }
    if (result instanceof StartResult.Conflict conflict) {
      throw running(conflict.running());
    }
    if (result instanceof StartResult.ShuttingDown) {
      throw ApiException.of(
          StatusCode.UNAVAILABLE,
          "The server is shutting down. Nothing was started; try again later");
    }
    throw ApiException.of(
        StatusCode.RESOURCE_EXHAUSTED,
        "As many operations are waiting as this server takes. Nothing was started; try again later");
  }

  /**
   * The operation that the same key started before, if any.
   *
   * @param key as {@link #key} makes it
   * @param target the backup that it deletes or verifies; a backup that is taken gets a new id each
   *     time, so there it is the cluster
   * @param missing how the answer is when the caller may not see that operation any more
   * @throws ApiException 400 when the key started something else, or as {@link CurrentCall#allowed}
   *     says
   */
  Optional<Operation> repeated(
      @Nullable String key, OperationKind kind, String target, Supplier<ApiException> missing) {
    if (key == null) {
      return Optional.empty();
    }
    Optional<OperationEntry> existing = operations.findByKey(call.caller().subject(), key);
    existing.ifPresent(
        entry -> {
          String was = kind == OperationKind.BACKUP_CLUSTER ? entry.clusterId() : entry.backupId();
          if (entry.kind() != kind || !was.equals(target)) {
            throw reused(entry);
          }
        });
    return existing.map(
        entry -> noted(call.allowed(Optional.of(entry), OperationEntry::folderId, missing)));
  }

  /**
   * The refusal to delete or verify what is not listed any more, or not for the caller.
   *
   * @param folder where it is listed, which the caller does not see; empty when it is not
   * @param missing how the answer is when it is not being deleted either
   */
  ApiException gone(String backupId, Optional<String> folder, Supplier<ApiException> missing) {
    Optional<OperationEntry> deletion = operations.deletionOf(backupId);
    if (folder.isPresent()) {
      String unused = call.allowed(folder, Function.identity(), missing);
    }
    return running(call.allowed(deletion, OperationEntry::folderId, missing));
  }

  private Operation noted(OperationEntry entry) {
    call.started(entry.id());
    return wire(entry);
  }

  Operation wire(OperationEntry entry) {
    return WireModels.operation(entry, clusters.find(entry.clusterId()));
  }

  /** The key as it is kept: a UUID is the same in capitals. */
  static @Nullable String key(@Nullable String sent) {
    return sent == null ? null : sent.toLowerCase(Locale.ROOT);
  }

  private static ApiException running(OperationEntry entry) {
    String what =
        switch (entry.kind()) {
          case BACKUP_CLUSTER -> "A backup of cluster " + entry.clusterId() + " is running";
          case DELETE_BACKUP -> "Backup " + entry.backupId() + " is being deleted";
          case VERIFY_BACKUP -> "Backup " + entry.backupId() + " is being verified";
        };
    return ApiException.of(
        StatusCode.ABORTED, what + ": operation " + entry.id() + ". Wait for it to end");
  }

  private static ApiException reused(OperationEntry existing) {
    return ApiException.invalid(
        KEY,
        "was used for another change, operation "
            + existing.id()
            + "; use a new UUID for each change");
  }
}
