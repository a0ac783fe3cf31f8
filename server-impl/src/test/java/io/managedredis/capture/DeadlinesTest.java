package io.managedredis.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DeadlinesTest {
  private static final Duration FINE = Duration.ofSeconds(1);

  @Test
  void theDefaultsGiveABusyServerTimeToBegin() {
    assertThat(Deadlines.defaults().firstByte()).isEqualTo(Duration.ofMinutes(10));
  }

  @ParameterizedTest
  @ValueSource(strings = {"PT0S", "PT-1S", "P366D"})
  void refusesWhatIsNotPositiveOrTooLong(String text) {
    Duration wrong = Duration.parse(text);
    assertThatThrownBy(() -> new Deadlines(FINE, FINE, FINE, wrong, FINE))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("stall")
        .hasMessageContaining(wrong.toString());
  }
}
