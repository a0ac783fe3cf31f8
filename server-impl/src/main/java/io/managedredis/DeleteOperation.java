package io.managedredis;

import io.managedredis.backup.BackupFailedException;
import io.managedredis.backup.BackupRemover;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.operation.OperationFailedException;
import io.managedredis.operation.OperationHandler;
import io.managedredis.operation.ProgressListener;
import io.managedredis.operation.Stop;
import io.managedredis.repository.BackupId;

/** Deletes a backup as an operation; one that was cut off goes on at the next start. */
final class DeleteOperation implements OperationHandler {

  private final BackupRemover remover;

  DeleteOperation(BackupRemover remover) {
    this.remover = remover;
  }

  @Override
  public void run(OperationEntry operation, ProgressListener progress, Stop stop)
      throws OperationFailedException {
    BackupId id =
        BackupId.parse(operation.backupId())
            .orElseThrow(() -> new IllegalStateException("no backup id: " + operation.backupId()));
    try {
      remover.delete(id);
    } catch (BackupFailedException e) {
      throw new OperationFailedException(
          BackupOperation.code(e.reason()), String.valueOf(e.getMessage()), e);
    }
  }

  @Override
  public boolean resumable() {
    return true;
  }
}
