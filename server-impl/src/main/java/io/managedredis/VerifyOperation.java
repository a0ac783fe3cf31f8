package io.managedredis;

import io.managedredis.backup.BackupFailedException;
import io.managedredis.backup.BackupVerifier;
import io.managedredis.capture.Cancellation;
import io.managedredis.catalog.BackupCatalog;
import io.managedredis.catalog.CatalogException;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.catalog.Progress;
import io.managedredis.http.Metrics;
import io.managedredis.operation.OperationFailedException;
import io.managedredis.operation.OperationHandler;
import io.managedredis.operation.ProgressListener;
import io.managedredis.operation.StatusCode;
import io.managedredis.operation.Stop;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.Verification;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Verifies a backup as an operation; a damaged backup fails it. */
final class VerifyOperation implements OperationHandler {

  private static final Logger log = LoggerFactory.getLogger(VerifyOperation.class);

  private final BackupVerifier verifier;
  private final BackupCatalog catalog;
  private final Metrics metrics;

  VerifyOperation(BackupVerifier verifier, BackupCatalog catalog, Metrics metrics) {
    this.verifier = verifier;
    this.catalog = catalog;
    this.metrics = metrics;
  }

  @Override
  public void run(OperationEntry operation, ProgressListener progress, Stop stop)
      throws OperationFailedException {
    BackupId id =
        BackupId.parse(operation.backupId())
            .orElseThrow(() -> new IllegalStateException("no backup id: " + operation.backupId()));
    Cancellation cancellation = new Cancellation();
    Metrics.VerificationResult result = Metrics.VerificationResult.UNFINISHED;
    try (Stop.Registration registration = stop.onRequest(cancellation::cancel)) {
      Verification verification =
          verifier.verify(
              id,
              (bytes, done, total) -> progress.update(new Progress(bytes, done, total)),
              cancellation);
      boolean damaged = verification.damaged();
      result = damaged ? Metrics.VerificationResult.DAMAGED : Metrics.VerificationResult.INTACT;
      if (damaged) {
        noteDamaged(operation.backupId());
        throw new OperationFailedException(StatusCode.DATA_LOSS, message(verification));
      }
      noteIntact(operation.backupId());
    } catch (BackupFailedException e) {
      if (e.reason() == BackupFailedException.Reason.DAMAGED) {
        result = Metrics.VerificationResult.DAMAGED;
        noteDamaged(operation.backupId());
      }
      throw new OperationFailedException(
          BackupOperation.code(e.reason()), String.valueOf(e.getMessage()), e);
    } finally {
      metrics.verificationEnded(operation.clusterId(), result);
    }
  }

  private void noteIntact(String backupId) throws OperationFailedException {
    try {
      boolean unused = catalog.markDamaged(backupId, false);
    } catch (CatalogException e) {
      throw new OperationFailedException(
          e.reason() == CatalogException.Reason.DISK_FULL
              ? StatusCode.RESOURCE_EXHAUSTED
              : StatusCode.INTERNAL,
          "Backup "
              + backupId
              + " is intact, and its manifest says so, but the catalogue still counts it as"
              + " damaged; verify it again. "
              + e.getMessage(),
          e);
    }
  }

  /** The damage is what the caller has to hear of, whatever becomes of the catalogue's count. */
  private void noteDamaged(String backupId) {
    try {
      boolean unused = catalog.markDamaged(backupId, true);
    } catch (CatalogException e) {
      log.error("Backup {} is damaged, but the catalogue does not count it so", backupId, e);
    }
  }

  private static String message(Verification verification) {
    return "Backup "
        + verification.backupId()
        + " is damaged: "
        + BackupVerifier.trouble(verification)
        + ". Its manifest has the details. Do not restore from it; use another backup, and check the"
        + " disk.";
  }

  /** Reading again what was read before a crash changes nothing. */
  @Override
  public boolean resumable() {
    return true;
  }
}
