package io.managedredis.http;

import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import org.glassfish.grizzly.EmptyCompletionHandler;
import org.glassfish.grizzly.WriteResult;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.http.server.Request;
import org.glassfish.grizzly.http.server.RequestExecutorProvider;
import org.jspecify.annotations.Nullable;

/**
 * Decides which requests get a worker. What is answered in a moment needs none, see {@link
 * PromptCalls}. One that finds too many before it is refused by the thread that read it; one whose
 * caller does not take the answers before it waits without a thread.
 */
final class Admission implements RequestExecutorProvider {

  /** Answered even when no worker is free. */
  private static final String ALIVE = "/health/live";

  /** Asked by the platform; a queue that is full of other requests must not look like an end. */
  private static final String HEALTH = "/health/";

  private static final int HEALTH_RESERVE = 64;

  /**
   * What a caller may leave untaken and still get another answer: more than any answer but those of
   * long lists and downloads.
   */
  private static final int UNTAKEN = 64 << 10;

  private final ConnectionGuard guard;
  private final PromptCalls prompt;
  private final int most;
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * Nothing is in flight yet.
   *
   * @param most how many requests are with a worker or wait for one at a time
   */
  Admission(ConnectionGuard guard, PromptCalls prompt, int most) {
    this.guard = guard;
    this.prompt = prompt;
    this.most = most;
  }

  /** How many requests are with a worker or wait for one. */
  int inFlight() {
    return inFlight.get();
  }

  @Override
  public @Nullable Executor getExecutor(Request request) {
    WatchedConnection connection = guard.of(request.getContext().getConnection());
    if (connection.unsent() > UNTAKEN) {
      connection.held();
      FilterChainContext context = request.getContext();
      return task -> context.flush(new Release(request, task));
    }
    connection.served();
    if (connection.surplus()) {
      request.setAttribute(RequestAttributes.REFUSAL, Refusal.crowded());
      return null;
    }
    if (!hasBody(request)) {
      if (request.getRequestURI().equals(ALIVE)) {
        return null;
      }
      if (prompt.covers(request) && connection.takesPromptTurn()) {
        request.setAttribute(RequestAttributes.PROMPT, true);
        return null;
      }
    }
    // What was behind a request on the same connection waits for its turn like all others.
    return admitted(request) ? task -> run(request, task) : null;
  }

  /**
   * Grizzly 4.0.2 frees the buffer of a request with a length while the requests behind it are
   * still in there; on the thread that read it, the answer would be written over them.
   */
  private static boolean hasBody(Request request) {
    return request.getContentLengthLong() > 0 || request.getRequest().isChunked();
  }

  /** Counts the request, or notes on it that it is refused. */
  private boolean admitted(Request request) {
    boolean health = request.getRequestURI().startsWith(HEALTH);
    if (inFlight.incrementAndGet() > (health ? most + HEALTH_RESERVE : most)) {
      inFlight.decrementAndGet();
      request.setAttribute(RequestAttributes.REFUSAL, Refusal.overloaded());
      return false;
    }
    return true;
  }

  /**
   * Gives a worker what a thread that may not wait has left.
   *
   * @return whether there is one; else too many requests are in flight, or the server ends, and
   *     nothing happens
   */
  boolean handOver(Request request, Runnable task) {
    if (inFlight.incrementAndGet() > most) {
      inFlight.decrementAndGet();
      return false;
    }
    try {
      run(request, task);
      return true;
    } catch (RejectedExecutionException e) {
      // The server is ending; this request was not taken any more.
      return false;
    }
  }

  private void run(Request request, Runnable task) {
    Executor workers = request.getContext().getConnection().getTransport().getWorkerThreadPool();
    try {
      workers.execute(
          () -> {
            try {
              task.run();
            } finally {
              inFlight.decrementAndGet();
            }
          });
    } catch (RejectedExecutionException e) {
      inFlight.decrementAndGet();
      throw e;
    }
  }

  /** A request that waited for the answers before it to be taken. */
  private final class Release extends EmptyCompletionHandler<WriteResult<?, ?>> {
    private final Request request;
    private final Runnable task;

    Release(Request request, Runnable task) {
      this.request = request;
      this.task = task;
    }

    @Override
    public void completed(WriteResult<?, ?> result) {
      guard.of(request.getContext().getConnection()).served();
      if (admitted(request)) {
        run(request, task);
      } else {
        task.run();
      }
    }

    @Override
    public void failed(Throwable cause) {
      abandon();
    }

    @Override
    public void cancelled() {
      abandon();
    }

    /** Nobody is there any more; the request must end all the same, and do nothing. */
    private void abandon() {
      request.setAttribute(RequestAttributes.REFUSAL, Refusal.overloaded());
      task.run();
    }
  }
}
