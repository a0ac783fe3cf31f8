package io.managedredis.repository;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A snapshot out of its compressed file, piece by piece. */
interface SnapshotPieces extends AutoCloseable {

  /**
   * The next piece, valid until the next call; with nothing remaining at the end.
   *
   * @throws DamagedBytesException for bytes that cannot be what was stored
   * @throws com.github.luben.zstd.ZstdException for bytes that cannot be decompressed
   */
  ByteBuffer next() throws IOException;

  /**
   * Proves all that {@link #next} has given out so far, reading on as far as it takes.
   *
   * @throws DamagedBytesException as {@link #next}
   * @throws com.github.luben.zstd.ZstdException as {@link #next}
   */
  void prove() throws IOException;

  @Override
  void close();
}
