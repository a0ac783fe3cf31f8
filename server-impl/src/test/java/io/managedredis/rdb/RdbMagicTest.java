package io.managedredis.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.rdb.RdbMagic.Family;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RdbMagicTest {
  @ParameterizedTest
  @CsvSource({
    "REDIS0009, REDIS, 9",
    "REDIS0011, REDIS, 11",
    "REDIS9999, REDIS, 9999",
    "VALKEY080, VALKEY, 80",
    "VALKEY999, VALKEY, 999"
  })
  void readsFamilyAndVersion(String text, Family family, int version) throws Exception {
    assertThat(RdbMagic.parse(bytes(text))).isEqualTo(new RdbMagic(family, version, text));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "REDIS009",
        "REDIS00099",
        "REDIS0000",
        "REDIS-001",
        "REDIS 001",
        "redis0009",
        "VALKEY000",
        "VALKEY-80",
        "VALKEY08a",
        "REDIS\u0661\u0662",
        "-ERR nope",
      })
  void refusesAnythingElse(String text) {
    assertThatThrownBy(() -> RdbMagic.parse(bytes(text))).isInstanceOf(UnknownMagicException.class);
  }

  @Test
  void showsWhatItFoundPrintably() {
    assertThatThrownBy(() -> RdbMagic.parse(new byte[] {'R', 'E', 0, -1, 'S', '0', '0', '0', '9'}))
        .hasMessageContaining("\"RE\\x00\\xffS0009\"");
  }

  @Test
  void canNotBeMadeWithPartsThatDisagree() {
    assertThatThrownBy(() -> new RdbMagic(Family.REDIS, 9, "REDIS0010"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("REDIS0010");
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}
