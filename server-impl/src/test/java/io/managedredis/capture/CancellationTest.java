package io.managedredis.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class CancellationTest {
  private final Cancellation cancellation = new Cancellation();
  private final AtomicInteger closed = new AtomicInteger();

  @Test
  void closesWhatIsRegistered() {
    cancellation.register(closed::incrementAndGet);
    cancellation.register(closed::incrementAndGet);
    cancellation.cancel();
    assertThat(closed).hasValue(2);
  }

  @Test
  void closesAtOnceWhatIsRegisteredAfterwards() {
    cancellation.cancel();
    cancellation.register(closed::incrementAndGet);
    assertThat(closed).hasValue(1);
  }

  @Test
  void leavesAloneWhatIsNoLongerRegistered() {
    cancellation.register(closed::incrementAndGet).close();
    cancellation.cancel();
    assertThat(closed).hasValue(0);
  }

  @Test
  void closesOnlyOnceHoweverOftenItIsCancelled() {
    cancellation.register(closed::incrementAndGet);
    cancellation.cancel();
    cancellation.cancel();
    assertThat(closed).hasValue(1);
  }

  @Test
  void closesTheOthersWhenOneCanNotBeClosed() {
    cancellation.register(
        () -> {
          throw new IOException("broken");
        });
    cancellation.register(closed::incrementAndGet);
    cancellation.cancel();
    assertThat(closed).hasValue(1);
  }

  @Test
  void staysCancelled() {
    assertThat(cancellation.isCancelled()).isFalse();
    cancellation.cancel();
    assertThat(cancellation.isCancelled()).isTrue();
  }
}
