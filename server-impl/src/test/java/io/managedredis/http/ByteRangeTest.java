package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ByteRangeTest {

  @ParameterizedTest
  @CsvSource({
    "bytes=0-0, 0, 1",
    "bytes=0-, 0, 100",
    "bytes=0-99, 0, 100",
    "bytes=0-1000, 0, 100",
    "bytes=10-19, 10, 10",
    "bytes=99-, 99, 1",
    "bytes=-1, 99, 1",
    "bytes=-100, 0, 100",
    "bytes=-1000, 0, 100",
    "bytes=0010-0019, 10, 10",
    "bytes=5-99999999999999999999999, 5, 95",
    "bytes=-99999999999999999999999, 0, 100"
  })
  void oneRangeIsCutToTheFile(String header, long from, long length) {
    assertThat(ByteRange.of(header, 100)).isEqualTo(new ByteRange(from, length, 100, false));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "bytes",
        "bytes=",
        "bytes=-",
        "bytes=a-b",
        "bytes=5-4",
        "bytes=0-1,3-4",
        "items=0-1",
        "bytes=--1",
        "bytes=1--2",
        "bytes=+1-2",
        "bytes=0x1-2"
      })
  void whatIsNotOneRangeOfBytesIsTheWhole(String header) {
    assertThat(ByteRange.of(header, 100)).isEqualTo(ByteRange.all(100));
  }

  @Test
  void noHeaderIsTheWhole() {
    assertThat(ByteRange.of(null, 100)).isEqualTo(ByteRange.all(100));
  }

  @ParameterizedTest
  @ValueSource(strings = {"bytes=100-", "bytes=100-200", "bytes=-0", "bytes=99999999999999999999-"})
  void aRangeBehindTheEndIsRefusedWithTheLength(String header) {
    assertThatExceptionOfType(UnsatisfiableRangeException.class)
        .isThrownBy(() -> ByteRange.of(header, 100))
        .withMessageContaining(header)
        .withMessageContaining("100 bytes")
        .returns(100L, UnsatisfiableRangeException::size);
  }
}
