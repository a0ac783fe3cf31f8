package io.managedredis.repository;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class BackupIdTest {

  @ParameterizedTest
  @ValueSource(strings = {"c9q287aqv5rf11isjeql:20181113T133617", "a:0", "a-b:20181113T133617-Ab"})
  void anIdIsReadAndWrittenBack(String text) {
    assertThat(BackupId.parse(text)).map(BackupId::toString).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        ":",
        "a",
        "a:",
        ":b",
        "a:b:c",
        "../a:b",
        "a:../b",
        "a:..",
        "..:b",
        "a/b:c",
        "a:b/c",
        "a:b\\c",
        "A:b",
        "-a:b",
        "a:-b",
        "a:b\n",
        "a:b\0",
        "a\n:b",
        "a:b_c",
        "a:\u0661",
        "a:1234567890123456789012345",
        "a12345678901234567890123456789012345678901234567890:b",
      })
  void everythingElseIsRefused(String text) {
    assertThat(BackupId.parse(text)).isEmpty();
  }

  @Test
  void aHostilePartIsNamedWithoutItsControlCharacters() {
    assertThatThrownBy(() -> new BackupId("a", "../\r\nb"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("'../??b'");
  }
}
