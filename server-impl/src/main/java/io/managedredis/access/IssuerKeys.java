package io.managedredis.access;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The keys of an issuer, kept and renewed by a thread of their own. Safe for use by many threads.
 *
 * <p>A key that is known costs its caller no waiting. Nimbus has a cache as well ({@code
 * JWKSourceBuilder}), but in 10.10 the caller that finds it stale fetches the keys itself while the
 * others queue behind a lock, its limit lets two fetches through in each interval, and it forgets
 * the old keys' age when it serves them through an outage.
 */
final class IssuerKeys implements AutoCloseable {

  /**
   * How long what takes.
   *
   * @param refresh how long after one success the keys are fetched again
   * @param retry how long after a failure
   * @param limit the shortest time between two fetches that callers cause
   * @param keep how long keys are served that can't be fetched again
   * @param patience how long a caller waits for a key that is not known yet
   */
  record Times(Duration refresh, Duration retry, Duration limit, Duration keep, Duration patience) {

    static final Times USUAL =
        new Times(
            Duration.ofMinutes(15),
            Duration.ofSeconds(30),
            Duration.ofSeconds(10),
            Duration.ofHours(6),
            Duration.ofSeconds(2));
  }

  private record Known(JWKSet keys, long fetchedNanos) {}

  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

  /** Who comes on top of these is answered at once, so that strangers don't hold every thread. */
  private static final int MOST_WAITING = 8;

  private static final JWKSet NONE = new JWKSet();

  private final String issuer;
  private final IssuerDocuments documents;
  private final Times times;
  private final Semaphore waiting = new Semaphore(MOST_WAITING);
  private final ScheduledThreadPoolExecutor thread;
  private volatile @Nullable Known known;
  private CompletableFuture<Void> fetch;
  private long fetchStartedNanos;
  private @Nullable Future<?> next;
  private boolean failing;
  private boolean closed;

  /** Begins to fetch the keys, and does not wait for them. */
  IssuerKeys(String issuer, IssuerDocuments documents, Times times) {
    this.issuer = issuer;
    this.documents = documents;
    this.times = times;
    thread =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread daemon = new Thread(task, "issuer-keys");
              daemon.setDaemon(true);
              return daemon;
            });
    thread.setRemoveOnCancelPolicy(true);
    fetchStartedNanos = System.nanoTime();
    fetch = CompletableFuture.runAsync(this::renew, thread);
  }

  /**
   * The keys that fit; none when there is no such key, or the issuer does not say in time. May ask
   * the issuer and wait for it, within the limits of the times.
   */
  List<JWK> find(JWKSelector wanted) {
    List<JWK> found = wanted.select(current());
    if (!found.isEmpty()) {
      return found;
    }
    Future<Void> asked = ask();
    if (asked != null) {
      awaitEnd(asked);
    }
    return wanted.select(current());
  }

  @Override
  public void close() {
    synchronized (this) {
      closed = true;
    }
    thread.shutdownNow();
  }

  private JWKSet current() {
    Known last = known;
    return last == null || System.nanoTime() - last.fetchedNanos() > times.keep().toNanos()
        ? NONE
        : last.keys();
  }

  /** A fetch under way, or a new one; null when the last one is too young. */
  private synchronized @Nullable Future<Void> ask() {
    if (!fetch.isDone()) {
      return fetch;
    }
    if (closed || System.nanoTime() - fetchStartedNanos < times.limit().toNanos()) {
      return null;
    }
    return begin();
  }

  private synchronized Future<Void> begin() {
    fetchStartedNanos = System.nanoTime();
    fetch = CompletableFuture.runAsync(this::renew, thread);
    return fetch;
  }

  private void awaitEnd(Future<Void> asked) {
    if (!waiting.tryAcquire()) {
      return;
    }
    try {
      asked.get(times.patience().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      LOG.debug("{} takes longer than a caller waits", issuer);
    } catch (ExecutionException e) {
      throw new IllegalStateException("fetching keys failed unexpectedly", e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      waiting.release();
    }
  }

  private void renew() {
    Duration pause = times.retry();
    try {
      JWKSet keys = documents.keys();
      known = new Known(keys, System.nanoTime());
      pause = times.refresh();
      tell(keys);
    } catch (IssuerException e) {
      tell(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      schedule(pause);
    }
  }

  private synchronized void schedule(Duration pause) {
    if (next != null) {
      next.cancel(false);
    }
    if (!closed) {
      next = thread.schedule(this::due, pause.toMillis(), TimeUnit.MILLISECONDS);
    }
  }

  private synchronized void due() {
    if (!closed && fetch.isDone()) {
      Future<Void> unused = begin();
    }
  }

  private void tell(JWKSet keys) {
    if (keys.isEmpty()) {
      LOG.warn("{} has no key that could verify a signature; none of its tokens is taken", issuer);
    } else if (failing) {
      LOG.info("The keys of {} can be fetched again", issuer);
    }
    failing = false;
  }

  private void tell(IssuerException e) {
    if (failing) {
      LOG.debug("The keys of {} still can't be fetched: {}", issuer, e.getMessage());
    } else {
      LOG.warn(
          "The keys of {} can't be fetched: {}. It is asked again; keys that are known are taken"
              + " for {} h at most",
          issuer,
          e.getMessage(),
          times.keep().toHours());
    }
    failing = true;
  }
}
