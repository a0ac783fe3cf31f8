package io.managedredis.rdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Objects;

/**
 * The checksum at the end of an RDB file: CRC-64 with the Jones polynomial, reflected, initial
 * value 0, no final xor (crc64.c of Redis). The value for the ASCII text {@code 123456789} is
 * {@code 0xe9c6d914c4b8d9ca}.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class Crc64 {
  private static final long POLYNOMIAL = 0x95AC9329AC4BC9B5L;
  private static final int SLICES = 16;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Entry {@code 256 * k + b}: what byte b still does to the checksum k bytes later. */
  private static final long[] TABLE = table();

  private long value;

  /** A checksum over no bytes yet. */
  public Crc64() {}

  private Crc64(long value) {
    this.value = value;
  }

  /**
   * Takes in the next bytes.
   *
   * @throws IndexOutOfBoundsException if the range is not inside the array
   */
  public void update(byte[] bytes, int offset, int length) {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    long crc = value;
    int at = offset;
    int end = offset + length;
    for (int last = end - SLICES; at <= last; at += SLICES) {
      crc = sixteen(crc ^ (long) LONG.get(bytes, at), (long) LONG.get(bytes, at + 8));
    }
    for (; at < end; at++) {
      crc = TABLE[(int) (crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
    }
    value = crc;
  }

  /** The checksum of all bytes so far, as it stands little-endian at the end of an RDB file. */
  public long value() {
    return value;
  }

  /** A checksum of its own that goes on from here. */
  public Crc64 copy() {
    return new Crc64(value);
  }

  private static long sixteen(long first, long second) {
    long[] t = TABLE;
    return t[0xf00 + (int) (first & 0xff)]
        ^ t[0xe00 + (int) (first >>> 8 & 0xff)]
        ^ t[0xd00 + (int) (first >>> 16 & 0xff)]
        ^ t[0xc00 + (int) (first >>> 24 & 0xff)]
        ^ t[0xb00 + (int) (first >>> 32 & 0xff)]
        ^ t[0xa00 + (int) (first >>> 40 & 0xff)]
        ^ t[0x900 + (int) (first >>> 48 & 0xff)]
        ^ t[0x800 + (int) (first >>> 56)]
        ^ t[0x700 + (int) (second & 0xff)]
        ^ t[0x600 + (int) (second >>> 8 & 0xff)]
        ^ t[0x500 + (int) (second >>> 16 & 0xff)]
        ^ t[0x400 + (int) (second >>> 24 & 0xff)]
        ^ t[0x300 + (int) (second >>> 32 & 0xff)]
        ^ t[0x200 + (int) (second >>> 40 & 0xff)]
        ^ t[0x100 + (int) (second >>> 48 & 0xff)]
        ^ t[(int) (second >>> 56)];
  }

  private static long[] table() {
    long[] table = new long[SLICES * 256];
    for (int b = 0; b < 256; b++) {
      long crc = b;
      for (int bit = 0; bit < 8; bit++) {
        crc = (crc & 1) == 0 ? crc >>> 1 : crc >>> 1 ^ POLYNOMIAL;
      }
      table[b] = crc;
    }
    for (int i = 256; i < table.length; i++) {
      long before = table[i - 256];
      table[i] = table[(int) (before & 0xff)] ^ (before >>> 8);
    }
    return table;
  }
}
