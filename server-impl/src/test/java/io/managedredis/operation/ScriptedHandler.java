package io.managedredis.operation;

import io.managedredis.catalog.OperationEntry;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** Work that does what the test tells it to, as a step behind a real operation. */
final class ScriptedHandler implements OperationHandler {
  /** What a run does. */
  @FunctionalInterface
  interface Work {
    void run(ProgressListener progress, Stop stop)
        throws OperationFailedException, InterruptedException;
  }

  private final boolean resumable;
  private final BlockingQueue<Work> works = new LinkedBlockingQueue<>();
  final List<OperationEntry> runs = new CopyOnWriteArrayList<>();
  volatile boolean completed;

  ScriptedHandler(boolean resumable) {
    this.resumable = resumable;
  }

  /** Each run takes the next one, and waits for it if there is none yet. */
  void next(Work work) {
    works.add(work);
  }

  @Override
  public void run(OperationEntry operation, ProgressListener progress, Stop stop)
      throws OperationFailedException, InterruptedException {
    runs.add(operation);
    Work work = null;
    while (work == null) {
      if (stop.requested()) {
        throw new InterruptedException("stopped");
      }
      work = works.poll(10, TimeUnit.MILLISECONDS);
    }
    work.run(progress, stop);
  }

  @Override
  public boolean resumable() {
    return resumable;
  }

  @Override
  public boolean completed(OperationEntry operation) {
    return completed;
  }
}
