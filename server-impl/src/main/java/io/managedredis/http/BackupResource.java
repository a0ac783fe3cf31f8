package io.managedredis.http;

import io.managedredis.api.BackupApi;
import io.managedredis.api.model.Backup;
import io.managedredis.api.model.BackupManifest;
import io.managedredis.api.model.ListBackupsResponse;
import io.managedredis.api.model.Operation;
import io.managedredis.catalog.BackupCatalog;
import io.managedredis.catalog.BackupDocument;
import io.managedredis.catalog.BackupDocuments;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.DocumentPage;
import io.managedredis.catalog.OperationKind;
import io.managedredis.catalog.Position;
import io.managedredis.operation.NewOperation;
import io.managedredis.operation.StatusCode;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.DamagedSnapshotException;
import io.managedredis.repository.KeyMissingException;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ManifestException;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.StoredBackups;
import io.managedredis.repository.Verification;
import jakarta.ws.rs.core.StreamingOutput;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reading, proving, downloading and deleting backups. */
public final class BackupResource implements BackupApi {

  private static final Logger log = LoggerFactory.getLogger(BackupResource.class);

  private final BackupCatalog catalog;
  private final StoredBackups backups;
  private final StartedOperations operations;
  private final PageTokens tokens;
  private final DownloadSlots slots;
  private final CurrentCall call;

  BackupResource(
      BackupCatalog catalog,
      StoredBackups backups,
      StartedOperations operations,
      PageTokens tokens,
      DownloadSlots slots,
      CurrentCall call) {
    this.catalog = catalog;
    this.backups = backups;
    this.operations = operations;
    this.tokens = tokens;
    this.slots = slots;
    this.call = call;
  }

  @Override
  public Backup getBackup(String backupId) {
    BackupDocument document =
        call.allowed(
            documents().document(backupId), BackupDocument::folderId, () -> none(backupId));
    call.requireMayWaitFor(document.json().length);
    return new ReadyBackup(document.json());
  }

  @Override
  public ListBackupsResponse listBackups(
      String folderId, @Nullable Long pageSize, @Nullable String pageToken) {
    String folder = call.folder(folderId);
    String list = "listBackups/" + folderId;
    Page.Wanted wanted = Page.Wanted.of(tokens, list, pageSize, pageToken);
    requirePrompt(call, wanted);
    return page(call, tokens, list, documents().byFolder(folder, wanted.after(), wanted.size()));
  }

  private BackupDocuments documents() {
    return call.mayWait() ? catalog.documents() : catalog.now();
  }

  @Override
  public BackupManifest getBackupManifest(String backupId) {
    Manifest manifest = manifest(find(backupId));
    return ManifestModels.manifest(manifest, verification(id(backupId)));
  }

  @Override
  public StreamingOutput downloadBackupShard(
      String backupId, String shardName, @Nullable String range, @Nullable String ifRange) {
    ShardManifest shard =
        manifest(find(backupId)).shards().stream()
            .filter(candidate -> candidate.name().equals(shardName))
            .findFirst()
            .orElseThrow(
                () -> ApiException.notFound("Shard " + shardName + " of backup", backupId));
    try {
      return SnapshotDownload.open(slots, backups, id(backupId), shard, range, ifRange);
    } catch (RepositoryException e) {
      throw stored(backupId, e);
    }
  }

  @Override
  public Operation verifyBackup(String backupId, @Nullable String idempotencyKey) {
    return change(OperationKind.VERIFY_BACKUP, "Verify backup ", backupId, idempotencyKey);
  }

  @Override
  public Operation deleteBackup(String backupId, @Nullable String idempotencyKey) {
    return change(OperationKind.DELETE_BACKUP, "Delete backup ", backupId, idempotencyKey);
  }

  private Operation change(
      OperationKind kind, String description, String backupId, @Nullable String idempotencyKey) {
    String key = StartedOperations.key(idempotencyKey);
    // Asked first: the repeat of a deletion finds no backup any more.
    Optional<Operation> repeated = operations.repeated(key, kind, backupId, () -> none(backupId));
    return repeated.orElseGet(
        () -> {
          Optional<BackupEntry> found = catalog.find(backupId);
          if (found.filter(there -> call.sees(there.folderId())).isEmpty()) {
            // Also for what lies in another folder: it takes the time of what is missing.
            throw operations.gone(backupId, found.map(BackupEntry::folderId), () -> none(backupId));
          }
          BackupEntry backup = allowed(backupId, found);
          return operations.start(
              new NewOperation(
                  kind,
                  backup.clusterId(),
                  backup.folderId(),
                  backup.id(),
                  description + backup.id(),
                  call.caller().subject(),
                  key));
        });
  }

  private static ApiException none(String backupId) {
    return ApiException.notFound("Backup", backupId);
  }

  private BackupEntry find(String backupId) {
    return allowed(backupId, catalog.find(backupId));
  }

  private BackupEntry allowed(String backupId, Optional<BackupEntry> found) {
    return call.allowed(found, BackupEntry::folderId, () -> none(backupId));
  }

  private static BackupId id(String backupId) {
    return BackupId.parse(backupId).orElseThrow(() -> none(backupId));
  }

  private Manifest manifest(BackupEntry entry) {
    try {
      return backups.manifest(id(entry.id())).orElseThrow(() -> none(entry.id()));
    } catch (RepositoryException e) {
      throw stored(entry.id(), e);
    }
  }

  private @Nullable Verification verification(BackupId id) {
    try {
      return backups.verification(id).orElse(null);
    } catch (ManifestException e) {
      log.error("The last verification of backup {} can't be read: {}", id, e.getMessage());
      throw ApiException.of(
          StatusCode.DATA_LOSS,
          "What the last verification of backup "
              + id
              + " found can't be read; the backup itself is another matter. Verify it again");
    } catch (RepositoryException e) {
      throw stored(id.toString(), e);
    }
  }

  /** What storage said is for the operator; it names files of the server. */
  private static ApiException stored(String backupId, RepositoryException e) {
    if (e instanceof KeyMissingException) {
      return ApiException.of(StatusCode.FAILED_PRECONDITION, String.valueOf(e.getMessage()));
    }
    log.error("Backup {} can't be read: {}", backupId, e.getMessage());
    if (!(e instanceof DamagedSnapshotException || e instanceof ManifestException)) {
      return ApiException.of(
          StatusCode.UNAVAILABLE,
          "The storage of backup "
              + backupId
              + " can not be read now. Try again later; the server's log has the cause");
    }
    return ApiException.of(
        StatusCode.DATA_LOSS,
        "The stored data of backup "
            + backupId
            + " is damaged. Verify it to see what is left of it, and use another backup");
  }

  /** The request's target was looked at before, but a number may be written in several ways. */
  static void requirePrompt(CurrentCall call, Page.Wanted wanted) {
    if (wanted.size() > PromptCalls.LONGEST_PAGE) {
      call.requireMayWait();
    }
  }

  /**
   * A page that is ready to be sent.
   *
   * @param list which list it is, see {@link PageTokens}
   */
  static ListBackupsResponse page(
      CurrentCall call, PageTokens tokens, String list, DocumentPage page) {
    call.requireMayWaitFor(page.joined().length);
    Position next = page.next();
    return new ReadyBackups(page.joined(), next == null ? null : tokens.encode(list, next));
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
