package io.managedredis.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class NodeAddressTest {
  @ParameterizedTest
  @CsvSource({
    "127.0.0.1:6379, 127.0.0.1, 6379",
    "redis.example.org:1, redis.example.org, 1",
    "[::1]:65535, ::1, 65535",
    "[2001:db8::7]:7001, 2001:db8::7, 7001"
  })
  void anAddressIsReadAndWrittenTheSame(String text, String host, int port) {
    assertThat(NodeAddress.parse(text)).isEqualTo(new NodeAddress(host, port)).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "redis",
        ":6379",
        "[]:6379",
        "redis:",
        "redis:http",
        "redis:0",
        "redis:-1",
        "redis:65536",
        "redis:99999999999",
        "::1:6379",
        " redis:6379",
        "redis :6379",
        "redis:6379 "
      })
  void anythingElseIsRefused(String text) {
    assertThatThrownBy(() -> NodeAddress.parse(text))
        .isInstanceOf(IllegalArgumentException.class)
        .message()
        .isNotBlank();
  }
}
