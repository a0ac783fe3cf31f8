package io.managedredis.operation;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StopSignalTest {
  private final StopSignal stop = new StopSignal();
  private final AtomicInteger runs = new AtomicInteger();

  @Test
  void anActionRunsOnceHoweverOftenTheStopIsRequested() {
    var unused = stop.onRequest(runs::incrementAndGet);
    assertThat(stop.requested()).isFalse();

    stop.request();
    stop.request();

    assertThat(stop.requested()).isTrue();
    assertThat(runs).hasValue(1);
  }

  @Test
  void anActionThatComesTooLateRunsAtOnce() {
    stop.request();

    var unused = stop.onRequest(runs::incrementAndGet);

    assertThat(runs).hasValue(1);
  }

  @Test
  void anActionThatWasTakenBackDoesNotRun() {
    Runnable action = runs::incrementAndGet;
    var kept = stop.onRequest(action);
    var taken = stop.onRequest(action);
    assertThat(kept).isNotSameAs(taken);
    taken.close();

    stop.request();

    assertThat(runs).hasValue(1);
  }

  @Test
  void anActionThatFailsDoesNotKeepTheOthersFromRunning() {
    var unused =
        stop.onRequest(
            () -> {
              throw new IllegalStateException("broken");
            });
    var unusedToo = stop.onRequest(runs::incrementAndGet);

    stop.request();

    assertThat(runs).hasValue(1);
  }
}
