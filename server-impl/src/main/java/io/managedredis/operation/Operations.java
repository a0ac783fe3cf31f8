package io.managedredis.operation;

import io.managedredis.catalog.CatalogException;
import io.managedredis.catalog.Failure;
import io.managedredis.catalog.Insertion;
import io.managedredis.catalog.OperationCatalog;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.catalog.OperationKind;
import io.managedredis.catalog.Position;
import io.managedredis.catalog.Progress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReadWriteLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The long-running operations of this server. Each is in the catalogue before its start is
 * answered, runs on one of a fixed number of threads, and ends in the catalogue with a result or a
 * failure, also when the server stops or crashes in between.
 */
public final class Operations implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Operations.class);

  /** How many may wait for a thread. */
  static final int MOST_WAITING = 100;

  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final Duration AFTER_INTERRUPT = Duration.ofSeconds(1);
  private static final String STOPPED =
      "the server stopped while this operation ran; nothing of it was kept, start it again";

  private final OperationCatalog catalog;
  private final Map<OperationKind, OperationHandler> handlers;
  private final EndRecorder ends;
  private final int capacity;
  private final RandomId ids = new RandomId();
  private final Map<String, RunningOperation> running = new ConcurrentHashMap<>();
  private final AtomicInteger load = new AtomicInteger();
  private final ExecutorService workers;
  private final ScheduledExecutorService progress;
  private final ReadWriteLock gate = new ReentrantReadWriteLock();
  private boolean accepting = true;

  /**
   * Operations of these kinds; call {@link #recover()} once before the first start.
   *
   * @param parallel how many run at the same time, 1 or more
   */
  public Operations(
      OperationCatalog catalog, Map<OperationKind, OperationHandler> handlers, int parallel) {
    this(catalog, handlers, parallel, Duration.ofMillis(250));
  }

  Operations(
      OperationCatalog catalog,
      Map<OperationKind, OperationHandler> handlers,
      int parallel,
      Duration firstPause) {
    this.catalog = catalog;
    this.handlers = Map.copyOf(handlers);
    this.ends = new EndRecorder(catalog, firstPause);
    this.capacity = parallel + MOST_WAITING;
    this.workers = Executors.newFixedThreadPool(parallel, daemons("operation"));
    this.progress = Executors.newSingleThreadScheduledExecutor(daemons("operation-progress"));
    var unused = progress.scheduleWithFixedDelay(this::persistProgress, 1, 1, TimeUnit.SECONDS);
  }

  /** Daemons: what doesn't end in time must not keep the process alive, recovery is for that. */
  private static ThreadFactory daemons(String name) {
    AtomicInteger number = new AtomicInteger();
    return work -> {
      Thread thread = new Thread(work, name + "-" + number.incrementAndGet());
      thread.setDaemon(true);
      return thread;
    };
  }

  /**
   * Records an operation and lets it run, unless it repeats one or may not run beside one.
   *
   * @throws CatalogException when the catalogue fails; then nothing was started
   * @throws IllegalArgumentException when a value can't be recorded, or nothing handles that kind
   */
  public StartResult start(NewOperation wanted) {
    if (!handlers.containsKey(wanted.kind())) {
      throw new IllegalArgumentException("no handler for operations of kind " + wanted.kind());
    }
    gate.readLock().lock();
    try {
      if (!accepting) {
        return new StartResult.ShuttingDown();
      }
      if (!reserve()) {
        return repeated(wanted).orElseGet(StartResult.Overloaded::new);
      }
      return startReserved(wanted);
    } finally {
      gate.readLock().unlock();
    }
  }

  private StartResult startReserved(NewOperation wanted) {
    RunningOperation operation = new RunningOperation(entry(wanted));
    String id = operation.entry().id();
    boolean started = false;
    // Known here before it is in the catalogue, so that nobody finds it there and misses it here.
    running.put(id, operation);
    try {
      Insertion insertion = insert(operation.entry());
      if (insertion instanceof Insertion.Repeated repeated) {
        return sameOrReused(wanted, repeated.existing());
      }
      if (insertion instanceof Insertion.Conflict conflict) {
        return new StartResult.Conflict(newest(conflict.running()));
      }
      workers.execute(() -> run(operation));
      started = true;
      return new StartResult.Started(operation.entry());
    } finally {
      if (!started) {
        running.remove(id);
        load.decrementAndGet();
      }
    }
  }

  /** An operation whose end could not be recorded must not be in the way of the next one. */
  private Insertion insert(OperationEntry entry) {
    Insertion insertion = catalog.insert(entry);
    if (insertion instanceof Insertion.Conflict conflict) {
      RunningOperation other = running.get(conflict.running().id());
      RunningOperation.End end = other == null ? null : other.unrecordedEnd();
      if (other != null && end != null && ends.tryOnce(other, end, 1)) {
        running.remove(other.entry().id());
        return catalog.insert(entry);
      }
    }
    return insertion;
  }

  private OperationEntry entry(NewOperation wanted) {
    Instant now = RunningOperation.clock();
    return new OperationEntry(
        ids.next(),
        wanted.kind(),
        wanted.clusterId(),
        wanted.folderId(),
        wanted.backupId(),
        wanted.description(),
        wanted.createdBy(),
        now,
        now,
        false,
        null,
        Progress.NONE,
        wanted.idempotencyKey());
  }

  private boolean reserve() {
    return load.getAndUpdate(n -> n < capacity ? n + 1 : n) < capacity;
  }

  private Optional<StartResult> repeated(NewOperation wanted) {
    String key = wanted.idempotencyKey();
    return key == null
        ? Optional.empty()
        : catalog
            .findByIdempotencyKey(wanted.createdBy(), key)
            .map(existing -> sameOrReused(wanted, existing));
  }

  private StartResult sameOrReused(NewOperation wanted, OperationEntry existing) {
    boolean same =
        wanted.kind() == existing.kind()
            && wanted.clusterId().equals(existing.clusterId())
            // The id of a backup that is yet to be made is new each time.
            && (wanted.kind() == OperationKind.BACKUP_CLUSTER
                || wanted.backupId().equals(existing.backupId()));
    return same
        ? new StartResult.Repeated(newest(existing))
        : new StartResult.KeyReused(newest(existing));
  }

  /**
   * The operation that this caller started with this key before, with the newest progress.
   *
   * @throws CatalogException when the catalogue fails
   */
  public Optional<OperationEntry> findByKey(String createdBy, String idempotencyKey) {
    return catalog.findByIdempotencyKey(createdBy, idempotencyKey).map(this::newest);
  }

  /**
   * The deletion of that backup that has not ended; one whose end waits to be recorded has.
   *
   * @throws CatalogException when the catalogue fails
   */
  public Optional<OperationEntry> deletionOf(String backupId) {
    return catalog.listUnfinished().stream()
        .filter(o -> o.kind() == OperationKind.DELETE_BACKUP && o.backupId().equals(backupId))
        .map(this::newest)
        .filter(o -> !o.done())
        .findFirst();
  }

  /** The operation of that id, with the newest progress. */
  public Optional<OperationEntry> find(String id) {
    // Looked up first: what has gone from here by now has its end in the catalogue.
    RunningOperation here = running.get(id);
    Optional<OperationEntry> recorded = catalog.find(id);
    return here == null ? recorded : recorded.map(here::over);
  }

  /**
   * The next operations of a cluster, newest first, then by id, with the newest progress.
   *
   * @param after the last one of the page before; null for the first page
   * @param limit how many at most, 1 or more
   */
  public List<OperationEntry> list(String clusterId, @Nullable Position after, int limit) {
    Map<String, RunningOperation> here = Map.copyOf(running);
    return catalog.listByCluster(clusterId, after, limit).stream()
        .map(entry -> over(here.get(entry.id()), entry))
        .toList();
  }

  private OperationEntry newest(OperationEntry recorded) {
    return find(recorded.id()).orElse(recorded);
  }

  private static OperationEntry over(@Nullable RunningOperation here, OperationEntry recorded) {
    return here == null ? recorded : here.over(recorded);
  }

  /**
   * Takes care of what an earlier run of this server left unfinished: resumable operations run
   * again, the others end as failed. Call it once, before the first start.
   *
   * @throws CatalogException when the catalogue fails; then the server must not start
   */
  public void recover() {
    for (OperationEntry left : catalog.listUnfinished()) {
      if (running.containsKey(left.id())) {
        continue;
      }
      OperationHandler handler = handlers.get(left.kind());
      if (handler != null && handler.resumable()) {
        log.info("Operation {} ({}) was cut off and runs again", left.id(), left.kind());
        resume(left);
      } else {
        endOf(left, handler != null && handler.completed(left));
      }
    }
  }

  private void resume(OperationEntry left) {
    RunningOperation operation = new RunningOperation(left);
    running.put(left.id(), operation);
    load.incrementAndGet();
    workers.execute(() -> run(operation));
  }

  private void endOf(OperationEntry left, boolean completed) {
    Failure failure = completed ? null : new Failure(StatusCode.ABORTED.number(), STOPPED);
    log.warn(
        "Operation {} ({} of cluster {}) was cut off {}",
        left.id(),
        left.kind(),
        left.clusterId(),
        completed ? "after its work was complete" : "and ends as failed");
    var unused = catalog.finish(left.id(), failure, left.progress(), RunningOperation.clock());
  }

  private void run(RunningOperation operation) {
    try {
      Outcome outcome = outcome(operation);
      if (outcome instanceof Ended ended
          && !ends.record(operation, operation.end(ended.failure()))) {
        // Stays known here, so that callers hear of its end.
        return;
      }
      running.remove(operation.entry().id());
    } finally {
      load.decrementAndGet();
    }
  }

  /** What one run of the handler leads to. */
  private sealed interface Outcome {}

  private record Ended(@Nullable Failure failure) implements Outcome {}

  /** Goes on when the server starts again. */
  private record LeftForRecovery() implements Outcome {}

  @SuppressWarnings("CatchThrowable") // Whatever goes wrong, the operation must end.
  private Outcome outcome(RunningOperation operation) {
    OperationEntry entry = operation.entry();
    OperationHandler handler = handlers.get(entry.kind());
    if (handler == null) {
      throw new IllegalStateException("no handler for operations of kind " + entry.kind());
    }
    if (operation.stop().requested()) {
      return stopped(handler);
    }
    try {
      handler.run(entry, operation, operation.stop());
      return new Ended(null);
    } catch (OperationFailedException e) {
      if (operation.stop().requested() && handler.resumable()) {
        return stopped(handler);
      }
      // The message says it all; a stack is for what nobody foresaw.
      log.warn("Operation {} ({}) failed: {}", entry.id(), entry.kind(), e.getMessage());
      return new Ended(new Failure(e.code().number(), String.valueOf(e.getMessage())));
    } catch (InterruptedException e) {
      log.warn("Operation {} ({}) was interrupted", entry.id(), entry.kind());
      return stopped(handler);
    } catch (Throwable e) {
      if (operation.stop().requested()) {
        log.warn("Operation {} ({}) ended on a stop", entry.id(), entry.kind(), e);
        return stopped(handler);
      }
      return new Ended(unexpected(entry, e));
    }
  }

  private static Outcome stopped(OperationHandler handler) {
    return handler.resumable()
        ? new LeftForRecovery()
        : new Ended(new Failure(StatusCode.ABORTED.number(), STOPPED));
  }

  private Failure unexpected(OperationEntry entry, Throwable e) {
    String errorId = ids.next();
    log.error("Operation {} ({}) failed, error id {}", entry.id(), entry.kind(), errorId, e);
    return new Failure(
        StatusCode.INTERNAL.number(),
        "internal error; the operator finds it in the server's log by the id " + errorId);
  }

  private void persistProgress() {
    for (RunningOperation operation : running.values()) {
      OperationEntry news = operation.takeNews();
      if (news == null) {
        continue;
      }
      try {
        var unused = catalog.progress(news.id(), news.progress(), news.modifiedAt());
      } catch (RuntimeException e) {
        // Progress is told from memory; the work itself is not worth failing for this.
        log.warn("The progress of operation {} could not be recorded", news.id(), e);
      }
    }
  }

  /** Closes with a grace of a few seconds. */
  @Override
  public void close() {
    close(GRACE);
  }

  /**
   * Starts nothing more, asks what runs to stop, and waits so long for that and about a second
   * more. What has not ended by then stays unfinished in the catalogue, for the next {@link
   * #recover()}.
   */
  public void close(Duration grace) {
    gate.writeLock().lock();
    try {
      accepting = false;
    } finally {
      gate.writeLock().unlock();
    }
    progress.shutdownNow();
    workers.shutdown();
    ends.close();
    running.values().forEach(operation -> operation.stop().request());
    if (!awaitWorkers(grace)) {
      workers.shutdownNow();
      if (!awaitWorkers(AFTER_INTERRUPT)) {
        log.warn("Operations {} did not end in time and are left for recovery", running.keySet());
      }
    }
    running.values().forEach(this::recordAtLast);
  }

  private void recordAtLast(RunningOperation operation) {
    RunningOperation.End end = operation.unrecordedEnd();
    if (end != null && ends.tryOnce(operation, end, 1)) {
      running.remove(operation.entry().id());
    }
  }

  private boolean awaitWorkers(Duration atMost) {
    try {
      return workers.awaitTermination(atMost.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
