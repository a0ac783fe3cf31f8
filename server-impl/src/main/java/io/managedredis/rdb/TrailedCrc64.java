package io.managedredis.rdb;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * The CRC64 of all bytes of a file but the last eight, and those eight, which are the file's own
 * CRC64, little-endian, or zero where the server wrote none.
 *
 * <p>Not safe for use by several threads at once.
 */
public final class TrailedCrc64 {
  private static final int TRAILER = 8;
  private static final VarHandle LONG =
      MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final Crc64 crc = new Crc64();
  private final byte[] held = new byte[TRAILER];
  private int count;

  /** Takes in the next bytes. */
  public void update(byte[] bytes, int offset, int length) {
    if (length >= TRAILER) {
      crc.update(held, 0, count);
      crc.update(bytes, offset, length - TRAILER);
      System.arraycopy(bytes, offset + length - TRAILER, held, 0, TRAILER);
      count = TRAILER;
      return;
    }
    int over = Math.max(0, count + length - TRAILER);
    crc.update(held, 0, over);
    System.arraycopy(held, over, held, 0, count - over);
    System.arraycopy(bytes, offset, held, count - over, length);
    count += length - over;
  }

  /** The CRC64 of what came before the last eight bytes. */
  public long computed() {
    return crc.value();
  }

  /** The last eight bytes as a number; 0 while there are fewer. */
  public long stated() {
    return count == TRAILER ? (long) LONG.get(held, 0) : 0;
  }
}
