package io.managedredis.http;

import io.managedredis.access.Caller;
import io.managedredis.api.BackupApi;
import io.managedredis.api.model.Backup;
import io.managedredis.api.model.ListBackupsResponse;
import io.managedredis.api.model.Operation;
import io.managedredis.catalog.BackupCatalog;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.OperationKind;
import io.managedredis.catalog.Position;
import io.managedredis.operation.NewOperation;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Reading and deleting backups. */
public final class BackupResource implements BackupApi {

  private final BackupCatalog catalog;
  private final StartedOperations operations;
  private final PageTokens tokens;

  BackupResource(BackupCatalog catalog, StartedOperations operations, PageTokens tokens) {
    this.catalog = catalog;
    this.operations = operations;
    this.tokens = tokens;
  }

  @Override
  public Backup getBackup(String backupId) {
    return WireModels.backup(find(backupId));
  }

  @Override
  public ListBackupsResponse listBackups(
      String folderId, @Nullable Long pageSize, @Nullable String pageToken) {
    return page(
        Page.read(
            tokens,
            "listBackups/" + folderId,
            pageSize,
            pageToken,
            (after, limit) -> catalog.listByFolder(folderId, after, limit),
            BackupResource::position));
  }

  @Override
  public Operation deleteBackup(String backupId, @Nullable String idempotencyKey) {
    Caller caller = Caller.ANONYMOUS;
    String key = StartedOperations.key(idempotencyKey);
    // Asked first: the repeat of a deletion finds no backup any more.
    Optional<Operation> repeated =
        operations.repeated(caller, key, OperationKind.DELETE_BACKUP, backupId);
    return repeated.orElseGet(
        () -> {
          BackupEntry backup =
              catalog
                  .find(backupId)
                  .orElseThrow(() -> operations.deleting(backupId).orElseGet(() -> none(backupId)));
          return operations.start(
              new NewOperation(
                  OperationKind.DELETE_BACKUP,
                  backup.clusterId(),
                  backup.folderId(),
                  backup.id(),
                  "Delete backup " + backup.id(),
                  caller.subject(),
                  key));
        });
  }

  private static ApiException none(String backupId) {
    return ApiException.notFound("Backup", backupId);
  }

  private BackupEntry find(String backupId) {
    return catalog.find(backupId).orElseThrow(() -> none(backupId));
  }

  static ListBackupsResponse page(Page<BackupEntry> page) {
    return new ListBackupsResponse()
        .backups(page.entries().stream().map(WireModels::backup).toList())
        .nextPageToken(page.nextPageToken());
  }

  static Position position(BackupEntry entry) {
    return new Position(entry.createdAt(), entry.id());
  }
}
