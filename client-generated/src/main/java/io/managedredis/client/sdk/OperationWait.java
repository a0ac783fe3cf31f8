package io.managedredis.client.sdk;

import io.managedredis.client.model.Operation;
import java.time.Duration;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Polls an operation until it is done: soon at first, then every two seconds. A server that is
 * away, such as for a restart, is polled all the same.
 */
final class OperationWait {

  private static final Duration FIRST = Duration.ofMillis(50);
  private static final Duration LONGEST = Duration.ofSeconds(2);

  private final Calls calls;
  private final Duration timeout;
  private final Consumer<Progress> listener;

  OperationWait(Calls calls, Duration timeout, Consumer<Progress> listener) {
    this.calls = calls;
    this.timeout = timeout;
    this.listener = listener;
  }

  Operation await(Operation started) throws InterruptedException {
    Time time = calls.settings().time();
    Deadline deadline = Deadline.in(time, timeout);
    Operation now = started;
    Progress told = tell(now, null);
    @Nullable UnavailableException away = null;
    for (Duration pause = FIRST; !isDone(now); pause = longer(pause)) {
      Duration next = pauseAfter(away, pause);
      if (next.compareTo(deadline.left()) >= 0) {
        throw new StillRunningException(now, timeout, away);
      }
      time.pause(next);
      try {
        now =
            calls.getOnce(Call.path("/operations/{}", started.getId()), Operation.class, deadline);
        away = null;
      } catch (UnavailableException e) {
        away = e;
      }
      told = tell(now, told);
    }
    if (now.getError() != null) {
      throw new OperationFailedException(now, now.getError());
    }
    return now;
  }

  /** The server may ask for a longer pause. */
  private static Duration pauseAfter(@Nullable UnavailableException away, Duration own) {
    Duration asked = away == null ? Duration.ZERO : away.retryAfter().orElse(Duration.ZERO);
    return own.compareTo(asked) < 0 ? asked : own;
  }

  private Progress tell(Operation now, @Nullable Progress told) {
    Progress progress = Progress.of(now);
    if (told == null || !progress.equals(told)) {
      listener.accept(progress);
    }
    return progress;
  }

  private static boolean isDone(Operation operation) {
    return Boolean.TRUE.equals(operation.getDone());
  }

  private static Duration longer(Duration pause) {
    Duration next = pause.multipliedBy(3).dividedBy(2);
    return next.compareTo(LONGEST) < 0 ? next : LONGEST;
  }
}
