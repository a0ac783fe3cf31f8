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
  private static final int SLICES = 8;
  private static final int LANES = 4;

  /** How many bytes of a block each lane takes. */
  private static final int LANE = 1024;

  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  /** Entry {@code 256 * k + b}: what byte b still does to the checksum k bytes later. */
  private static final long[] TABLE = table();

  /** Entry {@code 256 * k + b}: what byte k of a checksum, being b, becomes a lane later. */
  private static final long[] LANE_LATER = laneLater();

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
    for (; at <= end - LANES * LANE; at += LANES * LANE) {
      crc = block(crc, bytes, at);
    }
    for (; at <= end - SLICES; at += SLICES) {
      crc = eight(crc ^ (long) LONG.get(bytes, at));
    }
    for (; at < end; at++) {
      crc = TABLE[(int) (crc ^ bytes[at]) & 0xff] ^ (crc >>> 8);
    }
    value = crc;
  }

  /**
   * A step of one checksum has to wait for the step before, so four are computed at a time, each
   * over a part of its own. The checksum being linear, they are then added up: each as it would be
   * after the parts behind its own, if these were zeros.
   */
  private static long block(long before, byte[] bytes, int from) {
    long first = before;
    long second = 0;
    long third = 0;
    long fourth = 0;
    for (int at = from; at < from + LANE; at += SLICES) {
      first = eight(first ^ (long) LONG.get(bytes, at));
      second = eight(second ^ (long) LONG.get(bytes, at + LANE));
      third = eight(third ^ (long) LONG.get(bytes, at + 2 * LANE));
      fourth = eight(fourth ^ (long) LONG.get(bytes, at + 3 * LANE));
    }
    return laneLater(laneLater(laneLater(first) ^ second) ^ third) ^ fourth;
  }

  /** The checksum of all bytes so far, as it stands little-endian at the end of an RDB file. */
  public long value() {
    return value;
  }

  /** A checksum of its own that goes on from here. */
  public Crc64 copy() {
    return new Crc64(value);
  }

  private static long eight(long next) {
    long[] t = TABLE;
    return t[0x700 + (int) (next & 0xff)]
        ^ t[0x600 + (int) (next >>> 8 & 0xff)]
        ^ t[0x500 + (int) (next >>> 16 & 0xff)]
        ^ t[0x400 + (int) (next >>> 24 & 0xff)]
        ^ t[0x300 + (int) (next >>> 32 & 0xff)]
        ^ t[0x200 + (int) (next >>> 40 & 0xff)]
        ^ t[0x100 + (int) (next >>> 48 & 0xff)]
        ^ t[(int) (next >>> 56)];
  }

  private static long laneLater(long crc) {
    long later = 0;
    for (int k = 0; k < Long.BYTES; k++) {
      later ^= LANE_LATER[256 * k + (int) ((crc >>> (8 * k)) & 0xff)];
    }
    return later;
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

  private static long[] laneLater() {
    long[] table = new long[Long.BYTES * 256];
    for (int i = 0; i < table.length; i++) {
      long crc = (i & 0xffL) << (8 * (i >> 8));
      for (int zeros = 0; zeros < LANE; zeros++) {
        crc = TABLE[(int) (crc & 0xff)] ^ (crc >>> 8);
      }
      table[i] = crc;
    }
    return table;
  }
}
