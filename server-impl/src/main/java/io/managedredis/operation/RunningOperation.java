package io.managedredis.operation;

import io.managedredis.catalog.Failure;
import io.managedredis.catalog.OperationEntry;
import io.managedredis.catalog.Progress;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** An operation in this process: from just before it is recorded until its end is recorded. */
final class RunningOperation implements ProgressListener {
  /** The progress, and when it came. */
  private record Latest(Progress progress, Instant at) {}

  /** How it ended; a null failure means that it succeeded. */
  record End(@Nullable Failure failure, Progress progress, Instant at) {}

  private final OperationEntry entry;
  private final StopSignal stop = new StopSignal();
  private volatile Latest latest;
  private Latest handedOver;
  private volatile @Nullable End end;

  RunningOperation(OperationEntry entry) {
    this.entry = entry;
    this.latest = new Latest(entry.progress(), entry.modifiedAt());
    this.handedOver = latest;
  }

  /** As it was started. */
  OperationEntry entry() {
    return entry;
  }

  StopSignal stop() {
    return stop;
  }

  @Override
  public void update(Progress progress) {
    latest = new Latest(progress, now());
  }

  /** The entry with its progress, if there is news since the last call. One thread calls this. */
  @Nullable OperationEntry takeNews() {
    Latest news = latest;
    if (news.equals(handedOver) || end != null) {
      return null;
    }
    handedOver = news;
    return entry.withProgress(news.progress(), news.at());
  }

  /** It has ended now; this is what remains to be recorded. */
  End end(@Nullable Failure failure) {
    End ended = new End(failure, latest.progress(), now());
    end = ended;
    return ended;
  }

  /** How it ended, while that isn't recorded yet; null while it runs. */
  @Nullable End unrecordedEnd() {
    return end;
  }

  /** What the catalogue says, brought up to date with what only this process knows. */
  OperationEntry over(OperationEntry recorded) {
    if (recorded.done()) {
      return recorded;
    }
    End ended = end;
    if (ended != null) {
      return recorded.ended(ended.failure(), ended.progress(), ended.at());
    }
    Latest news = latest;
    return recorded.withProgress(news.progress(), news.at());
  }

  /** Never before the start, even if the clock was put back. */
  private Instant now() {
    Instant now = clock();
    return now.isBefore(entry.createdAt()) ? entry.createdAt() : now;
  }

  /** Microseconds are what every client's language can hold. */
  static Instant clock() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }
}
