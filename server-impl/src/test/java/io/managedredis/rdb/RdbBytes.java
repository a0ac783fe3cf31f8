package io.managedredis.rdb;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * An RDB file made by hand, byte for byte. Its checksum is zero: a structure doesn't look at it.
 */
final class RdbBytes {
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();

  private RdbBytes() {}

  /** A file that begins with this magic. */
  static RdbBytes file(String magic) {
    RdbBytes file = new RdbBytes();
    file.bytes.writeBytes(magic.getBytes(StandardCharsets.ISO_8859_1));
    return file;
  }

  /** Bytes as they are. */
  RdbBytes raw(int... values) {
    for (int value : values) {
      bytes.write(value);
    }
    return this;
  }

  /** As many zeros. */
  RdbBytes zeros(int count) {
    bytes.writeBytes(new byte[count]);
    return this;
  }

  /** Numbers, each in nine bytes. */
  RdbBytes numbers(long... values) {
    for (long value : values) {
      bytes.write(0x81);
      bytes.writeBytes(ByteBuffer.allocate(Long.BYTES).putLong(value).array());
    }
    return this;
  }

  /** A string of less than 64 Latin-1 characters. */
  RdbBytes text(String text) {
    bytes.write(text.length());
    bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
    return this;
  }

  /** A string key. */
  RdbBytes key(String name) {
    return raw(0).text(name).text("value");
  }

  /** How many bytes there are so far. */
  int size() {
    return bytes.size();
  }

  /** The bytes so far. */
  byte[] unfinished() {
    return bytes.toByteArray();
  }

  /** The whole file, with its end. */
  byte[] finished() {
    return raw(0xff).zeros(8).unfinished();
  }
}
