package io.managedredis.repository;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.WritableByteChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;

/** The steps of storing a snapshot, each by itself and into nothing, for benchmarks. */
public final class StoringParts {
  private StoringParts() {}

  /** Takes bytes as a {@link ShardWriter} does. */
  public interface Part extends AutoCloseable {
    /** Takes the next bytes. */
    void write(byte[] bytes, int offset, int length) throws IOException;

    /** All were written. */
    @Override
    void close() throws IOException;
  }

  /** The frames of a stored snapshot, which nobody keeps. */
  public static Part frames(int level) {
    FrameWriter frames = new FrameWriter(stored -> new Nowhere().write(stored), level);
    return new Part() {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        frames.write(bytes, offset, length);
      }

      @Override
      public void close() throws IOException {
        try (frames) {
          frames.finish();
        }
      }
    };
  }

  /** Encryption of the bytes as they come, in pieces of a frame's length. */
  public static Part encryption(Path keyset, BackupId backup)
      throws IOException, GeneralSecurityException {
    WritableByteChannel encrypting =
        Keyring.read(keyset).encrypting(new Nowhere(), backup, "shard1");
    ByteBuffer piece = ByteBuffer.allocateDirect(FrameWriter.FRAME);
    return new Part() {
      @Override
      public void write(byte[] bytes, int offset, int length) throws IOException {
        int from = offset;
        for (int left = length; left > 0; ) {
          int part = Math.min(left, piece.remaining());
          piece.put(bytes, from, part);
          from += part;
          left -= part;
          if (!piece.hasRemaining()) {
            encrypt();
          }
        }
      }

      @Override
      public void close() throws IOException {
        encrypt();
        encrypting.close();
      }

      private void encrypt() throws IOException {
        piece.flip();
        while (piece.hasRemaining()) {
          encrypting.write(piece);
        }
        piece.clear();
      }
    };
  }

  /** Makes a new keyset. */
  public static void createKeyset(Path file) throws KeysetException {
    new KeysetFile(file).create();
  }

  private static final class Nowhere implements WritableByteChannel {
    @Override
    public int write(ByteBuffer bytes) {
      int length = bytes.remaining();
      bytes.position(bytes.limit());
      return length;
    }

    @Override
    public boolean isOpen() {
      return true;
    }

    @Override
    public void close() {
      // Nothing is there.
    }
  }
}
