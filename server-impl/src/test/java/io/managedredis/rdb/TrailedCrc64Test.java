package io.managedredis.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TrailedCrc64Test {

  private final byte[] file = file(1000);

  private static byte[] file(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    Crc64 crc = new Crc64();
    crc.update(bytes, 0, length - 8);
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).putLong(length - 8, crc.value());
    return bytes;
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 5, 7, 8, 9, 13, 64, 991, 992, 993, 999, 1000})
  void theTrailerIsFoundHoweverTheBytesAreCut(int piece) {
    TrailedCrc64 crc = new TrailedCrc64();
    for (int at = 0; at < file.length; at += piece) {
      crc.update(file, at, Math.min(piece, file.length - at));
    }

    assertThat(crc.stated()).isNotZero().isEqualTo(crc.computed());
  }

  @Test
  void aChangedByteMakesThemDiffer() {
    file[500] ^= 1;
    TrailedCrc64 crc = new TrailedCrc64();
    crc.update(file, 0, file.length);

    assertThat(crc.stated()).isNotEqualTo(crc.computed());
  }

  @Test
  void fewerThanEightBytesStateNothing() {
    TrailedCrc64 crc = new TrailedCrc64();
    crc.update(file, 0, 7);

    assertThat(crc.stated()).isZero();
  }
}
