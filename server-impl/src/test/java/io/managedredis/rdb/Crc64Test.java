package io.managedredis.rdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Crc64Test {
  @Test
  void hasTheCheckValueOfTheJonesPolynomial() {
    Crc64 crc = new Crc64();
    crc.update("123456789".getBytes(StandardCharsets.US_ASCII), 0, 9);
    assertThat(crc.value()).isEqualTo(0xe9c6d914c4b8d9caL);
  }

  @Test
  void isZeroOverNothing() {
    assertThat(new Crc64().value()).isZero();
  }

  @Test
  void isTheSameBitByBitAndInBulkForEveryAlignmentAndLength() {
    byte[] bytes = random(100);
    for (int offset = 0; offset <= 32; offset++) {
      for (int length = 0; length <= 64; length++) {
        assertThat(bulk(bytes, offset, length))
            .as("offset %d, length %d", offset, length)
            .isEqualTo(bitByBit(bytes, offset, length));
      }
    }
  }

  @Test
  void isTheSameHoweverTheBytesAreCut() {
    byte[] bytes = random(5000);
    Random random = new Random(7);
    Crc64 crc = new Crc64();
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, random.nextInt(40));
      crc.update(bytes, at, length);
      at += length;
    }
    assertThat(crc.value()).isEqualTo(bulk(bytes, 0, bytes.length));
  }

  /** Large updates are computed in blocks of 4096 bytes; the lengths are around their multiples. */
  @ParameterizedTest
  @ValueSource(ints = {4095, 4096, 4097, 4104, 8191, 8192, 12_300, 65_536})
  void isTheSameBitByBitAndInBlocks(int length) {
    byte[] bytes = random(length + 3);
    assertThat(bulk(bytes, 3, length)).isEqualTo(bitByBit(bytes, 3, length));
  }

  @Test
  void isTheSameHoweverManyBlocksAreInAnUpdate() {
    byte[] bytes = random(40_000);
    Crc64 crc = new Crc64();
    Random random = new Random(11);
    for (int at = 0; at < bytes.length; ) {
      int length = Math.min(bytes.length - at, random.nextInt(10_000));
      crc.update(bytes, at, length);
      at += length;
    }
    assertThat(crc.value()).isEqualTo(bitByBit(bytes, 0, bytes.length));
  }

  @Test
  void aCopyGoesOnAlone() {
    byte[] bytes = random(64);
    Crc64 crc = new Crc64();
    crc.update(bytes, 0, 20);
    Crc64 copy = crc.copy();
    copy.update(bytes, 20, 44);
    assertThat(copy.value()).isEqualTo(bulk(bytes, 0, 64));
    assertThat(crc.value()).isEqualTo(bulk(bytes, 0, 20));
  }

  @Test
  void refusesARangeOutsideTheArray() {
    Crc64 crc = new Crc64();
    assertThatThrownBy(() -> crc.update(new byte[10], 5, 6))
        .isInstanceOf(IndexOutOfBoundsException.class);
  }

  private static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(42).nextBytes(bytes);
    return bytes;
  }

  private static long bulk(byte[] bytes, int offset, int length) {
    Crc64 crc = new Crc64();
    crc.update(bytes, offset, length);
    return crc.value();
  }

  /** The definition, without tables: an independent way to the same number. */
  private static long bitByBit(byte[] bytes, int offset, int length) {
    long crc = 0;
    for (int i = offset; i < offset + length; i++) {
      for (int bit = 0; bit < 8; bit++) {
        boolean in = (bytes[i] >> bit & 1) == 1;
        boolean out = (crc & 1) == 1;
        crc = crc >>> 1 ^ (in == out ? 0 : 0x95AC9329AC4BC9B5L);
      }
    }
    return crc;
  }
}
