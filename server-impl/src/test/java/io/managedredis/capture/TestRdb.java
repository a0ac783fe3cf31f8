package io.managedredis.capture;

import io.managedredis.rdb.Crc64;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Random;

/** RDB files made by hand, as far as the end of a transfer is concerned. */
final class TestRdb {
  static final String MARK = "0123456789abcdef0123456789abcdef01234567";

  private TestRdb() {}

  /** A file with the body between magic and end, and the right checksum. */
  static byte[] file(byte[] body) {
    byte[] start = join(latin1("REDIS0009"), body, new byte[] {-1});
    return join(start, crc(start));
  }

  /** The same with zero for a checksum. */
  static byte[] withoutChecksum(byte[] body) {
    return join(latin1("REDIS0009"), body, new byte[] {-1}, new byte[8]);
  }

  static byte[] crc(byte[] bytes) {
    Crc64 crc = new Crc64();
    crc.update(bytes, 0, bytes.length);
    return ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(crc.value()).array();
  }

  static byte[] random(int length) {
    byte[] bytes = new byte[length];
    new Random(length).nextBytes(bytes);
    return bytes;
  }

  static byte[] latin1(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  static byte[] join(byte[]... parts) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      all.writeBytes(part);
    }
    return all.toByteArray();
  }
}
