package io.managedredis.drift;

import io.managedredis.drift.Round.Body;
import io.managedredis.testing.ContractExtension;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** Runs the body of a test, and says why it failed if it did. */
final class Trial {

  /** Enough for whatever the first test of a class sets up. */
  private static final Duration CLEAN = Duration.ofMinutes(2);

  private static final Duration WITH_DRIFT = Duration.ofSeconds(15);

  private Trial() {}

  /** Why the test would be red without a drift; empty when it is green. */
  static Optional<Throwable> clean(Body body) {
    return of(body, CLEAN);
  }

  /** Why the test would be red with the drift that is let in; empty when it is green. */
  static Optional<Throwable> withDrift(Body body) {
    return of(body, WITH_DRIFT);
  }

  private static Optional<Throwable> of(Body body, Duration longest) {
    // What a server with a drift answers is no coverage of the contract.
    try (AutoCloseable unused = ContractExtension.suspended()) {
      Optional<Throwable> thrown = thrown(body, longest);
      Optional<AssertionError> overlooked = ContractExtension.takeFailure();
      return thrown.isPresent() ? thrown : overlooked.map(failure -> failure);
    } catch (Exception e) {
      throw new IllegalStateException("nothing to close can fail", e);
    }
  }

  private static Optional<Throwable> thrown(Body body, Duration longest) {
    FutureTask<Optional<Throwable>> task =
        new FutureTask<>(
            () -> {
              try {
                body.run();
                return Optional.empty();
              } catch (Throwable e) {
                return Optional.of(e);
              }
            });
    Thread thread = new Thread(task, "trial");
    thread.setDaemon(true);
    thread.start();
    try {
      return task.get(longest.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      thread.interrupt();
      return Optional.of(new TimeoutException("not done after " + longest));
    } catch (ExecutionException e) {
      return Optional.of(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(e);
    }
  }
}
