package io.managedredis.http;

import io.managedredis.catalog.Catalog;
import io.managedredis.catalog.CatalogException;
import io.managedredis.repository.Repository;
import io.managedredis.repository.RepositoryException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether the catalogue and the repository can really be used: both are written to and read from.
 * An answer is good for a second, so that many probes cost no more than one.
 */
final class Readiness implements AutoCloseable {

  private static final Logger log = LoggerFactory.getLogger(Readiness.class);
  private static final Duration LONGEST = Duration.ofSeconds(5);
  private static final long KEEP_NANOS = Duration.ofSeconds(1).toNanos();

  private final Catalog catalog;
  private final Repository repository;
  private final ExecutorService thread =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new SynchronousQueue<>(),
          task -> {
            Thread daemon = new Thread(task, "readiness");
            daemon.setDaemon(true);
            return daemon;
          },
          new ThreadPoolExecutor.AbortPolicy());

  /** The cause that the log has been told of; empty when there is none. */
  private volatile String complaint = "";

  private @Nullable String trouble;
  private boolean asked;
  private long askedNanos;

  Readiness(Catalog catalog, Repository repository) {
    this.catalog = catalog;
    this.repository = repository;
  }

  /** What stands in the way; empty when everything works. Takes at most a few seconds. */
  synchronized Optional<String> trouble() throws InterruptedException {
    if (!asked || System.nanoTime() - askedNanos > KEEP_NANOS) {
      trouble = ask().orElse(null);
      asked = true;
      askedNanos = System.nanoTime();
    }
    return Optional.ofNullable(trouble);
  }

  private Optional<String> ask() throws InterruptedException {
    Future<Optional<String>> answer;
    try {
      answer = thread.submit(this::check);
    } catch (java.util.concurrent.RejectedExecutionException e) {
      return Optional.of("an earlier check of the disk has not come back");
    }
    try {
      return answer.get(LONGEST.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      return Optional.of("the disk does not answer within " + LONGEST.toSeconds() + " s");
    } catch (ExecutionException e) {
      throw new IllegalStateException("the check failed unexpectedly", e.getCause());
    }
  }

  private Optional<String> check() {
    try {
      catalog.check();
    } catch (CatalogException e) {
      return told("the catalogue", String.valueOf(e.getMessage()));
    }
    try {
      repository.check();
    } catch (RepositoryException e) {
      return told("the repository", String.valueOf(e.getMessage()));
    }
    complaint = "";
    return Optional.empty();
  }

  /** Everybody may ask, and the cause names files of the server: it is for the log. */
  private Optional<String> told(String what, String cause) {
    if (!cause.equals(complaint)) {
      complaint = cause;
      log.error("Not ready: {}", cause);
    }
    return Optional.of(what + " can't be used now; the server's log has the cause");
  }

  @Override
  public void close() {
    thread.shutdownNow();
  }
}
