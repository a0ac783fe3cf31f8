package io.managedredis.operation;

import io.managedredis.catalog.CatalogException;
import io.managedredis.catalog.OperationCatalog;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Records the ends of operations, and doesn't give up at the first trouble with the catalogue. */
final class EndRecorder {
  private static final Logger log = LoggerFactory.getLogger(EndRecorder.class);
  private static final int ATTEMPTS = 8;

  private final OperationCatalog catalog;
  private final Duration firstPause;
  private final CountDownLatch closing = new CountDownLatch(1);

  /**
   * @param firstPause between the first two attempts; each further pause is twice as long
   */
  EndRecorder(OperationCatalog catalog, Duration firstPause) {
    this.catalog = catalog;
    this.firstPause = firstPause;
  }

  /** Records an end, in several attempts with growing pauses; says whether it is recorded. */
  boolean record(RunningOperation operation, RunningOperation.End end) {
    // Recording must not be cut short by the interrupt that was meant for the work.
    boolean interrupted = Thread.interrupted();
    try {
      for (int attempt = 1; attempt <= ATTEMPTS; attempt++) {
        if (tryOnce(operation, end, attempt)) {
          return true;
        }
        if (attempt < ATTEMPTS && pause(attempt)) {
          break;
        }
      }
    } catch (InterruptedException e) {
      interrupted = true;
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
    log.error(
        "The end of operation {} could not be recorded. It is told to callers as long as this"
            + " server runs, and tried again when the next one needs its place",
        operation.entry().id());
    return false;
  }

  /** One attempt. */
  boolean tryOnce(RunningOperation operation, RunningOperation.End end, int attempt) {
    String id = operation.entry().id();
    try {
      if (!catalog.finish(id, end.failure(), end.progress(), end.at())) {
        log.warn("The end of operation {} had been recorded before, or its row is gone", id);
      }
      return true;
    } catch (CatalogException e) {
      log.error("Attempt {} to record the end of operation {} failed", attempt, id, e);
      return false;
    }
  }

  /** Says whether there is no time for more. */
  private boolean pause(int attempt) throws InterruptedException {
    long millis = firstPause.toMillis() << (attempt - 1);
    return closing.await(millis, TimeUnit.MILLISECONDS);
  }

  /** From now on one attempt has to do. */
  void close() {
    closing.countDown();
  }
}
