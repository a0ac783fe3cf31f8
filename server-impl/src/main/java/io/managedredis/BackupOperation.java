package io.managedredis;

import io.managedredis.backup.BackupFailedException;
import io.managedredis.backup.BackupOrder;
import io.managedredis.backup.BackupTaker;
import io.managedredis.capture.Cancellation;
import io.managedredis.catalog.BackupCatalog;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.catalog.Progress;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.Clusters;
import io.managedredis.http.Metrics;
import io.managedredis.operation.OperationFailedException;
import io.managedredis.operation.OperationHandler;
import io.managedredis.operation.ProgressListener;
import io.managedredis.operation.StatusCode;
import io.managedredis.operation.Stop;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.BackupKind;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardManifest;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Takes a backup as an operation. */
final class BackupOperation implements OperationHandler {

  private static final Logger log = LoggerFactory.getLogger(BackupOperation.class);

  private final Clusters clusters;
  private final BackupTaker taker;
  private final BackupCatalog catalog;
  private final Metrics metrics;

  BackupOperation(Clusters clusters, BackupTaker taker, BackupCatalog catalog, Metrics metrics) {
    this.clusters = clusters;
    this.taker = taker;
    this.catalog = catalog;
    this.metrics = metrics;
  }

  @Override
  public void run(OperationEntry operation, ProgressListener progress, Stop stop)
      throws OperationFailedException, InterruptedException {
    long started = System.nanoTime();
    Cancellation cancellation = new Cancellation();
    try (Stop.Registration registration = stop.onRequest(cancellation::cancel)) {
      Manifest manifest =
          taker.take(
              order(operation),
              (bytes, done, total) -> progress.update(new Progress(bytes, done, total)),
              cancellation);
      Duration took = Duration.ofNanos(System.nanoTime() - started);
      long raw = manifest.shards().stream().mapToLong(ShardManifest::rawBytes).sum();
      long stored = manifest.shards().stream().mapToLong(ShardManifest::storedBytes).sum();
      metrics.backupEnded(operation.clusterId(), Metrics.BackupResult.SUCCEEDED, took, raw, stored);
      log.info(
          "Backup {} is done: {} shards, {} bytes, {} stored, {} ms",
          manifest.backupId(),
          manifest.shards().size(),
          raw,
          stored,
          took.toMillis());
    } catch (BackupFailedException e) {
      ended(
          operation,
          e.reason() == BackupFailedException.Reason.CANCELLED
              ? Metrics.BackupResult.CANCELLED
              : Metrics.BackupResult.FAILED,
          started);
      throw new OperationFailedException(code(e.reason()), String.valueOf(e.getMessage()), e);
    } catch (InterruptedException e) {
      ended(operation, Metrics.BackupResult.CANCELLED, started);
      throw e;
    } catch (RuntimeException e) {
      ended(operation, Metrics.BackupResult.FAILED, started);
      throw e;
    }
  }

  private void ended(OperationEntry operation, Metrics.BackupResult result, long started) {
    metrics.backupEnded(
        operation.clusterId(), result, Duration.ofNanos(System.nanoTime() - started), 0, 0);
  }

  private BackupOrder order(OperationEntry operation) throws OperationFailedException {
    ClusterDeclaration cluster =
        clusters
            .find(operation.clusterId())
            .orElseThrow(
                () ->
                    new OperationFailedException(
                        StatusCode.NOT_FOUND,
                        "Cluster " + operation.clusterId() + " is no longer declared"));
    return new BackupOrder(
        BackupId.parse(operation.backupId())
            .orElseThrow(() -> new IllegalStateException("no backup id: " + operation.backupId())),
        cluster,
        operation.createdAt(),
        BackupKind.MANUAL);
  }

  /** What was cut off before the commit left nothing; the snapshot can't be taken up again. */
  @Override
  public boolean resumable() {
    return false;
  }

  /** A crash right after the commit: the backup is there, only the operation does not know. */
  @Override
  public boolean completed(OperationEntry operation) {
    return catalog.find(operation.backupId()).isPresent();
  }

  static StatusCode code(BackupFailedException.Reason reason) {
    return switch (reason) {
      case UNREACHABLE, INTERRUPTED_SNAPSHOT -> StatusCode.UNAVAILABLE;
      case REFUSED, NOT_READY -> StatusCode.FAILED_PRECONDITION;
      case TOPOLOGY_CHANGED -> StatusCode.ABORTED;
      case DEADLINE -> StatusCode.DEADLINE_EXCEEDED;
      case NO_SPACE -> StatusCode.RESOURCE_EXHAUSTED;
      case STORAGE -> StatusCode.INTERNAL;
      case DAMAGED -> StatusCode.DATA_LOSS;
      case GONE -> StatusCode.NOT_FOUND;
      case KEY_MISSING -> StatusCode.FAILED_PRECONDITION;
      case CANCELLED -> StatusCode.CANCELLED;
    };
  }
}
