package io.managedredis.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SourceTest {
  @Test
  void doesNotShowThePassword() {
    assertThat(new Source("redis.test", 6379, "backup", "hunter2", null).toString())
        .contains("redis.test:6379", "backup")
        .doesNotContain("hunter2");
  }

  @ParameterizedTest
  @CsvSource({"redis.test, redis.test:1", "127.0.0.1, 127.0.0.1:1", "::1, [::1]:1"})
  void hasAnAddress(String host, String address) {
    assertThat(new Source(host, 1, null, null, null).address()).isEqualTo(address);
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 0, 65536})
  void refusesWhatIsNoPort(int port) {
    assertThatThrownBy(() -> new Source("redis.test", port, null, null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(String.valueOf(port));
  }

  @Test
  void refusesABlankHost() {
    assertThatThrownBy(() -> new Source(" ", 1, null, null, null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void refusesAUserWithoutAPassword() {
    assertThatThrownBy(() -> new Source("redis.test", 1, "backup", null, null))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("backup");
  }
}
