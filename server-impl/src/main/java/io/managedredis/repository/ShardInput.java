package io.managedredis.repository;

import com.github.luben.zstd.ZstdException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A stored snapshot or a part of it, decrypted, decompressed and proven while it is read. Its last
 * byte is given out only when all is proven: a whole one by length and SHA-256, a part by the
 * checksums of its frames.
 */
final class ShardInput extends InputStream {
  private final Path file;
  private final ShardManifest shard;
  private final SeekableByteChannel channel;
  private final SnapshotPieces pieces;
  private final @Nullable MessageDigest sha256;
  private ByteBuffer piece = ByteBuffer.allocate(0);
  private long left;
  private boolean proven;
  private @Nullable RepositoryException failure;

  /**
   * @param sha256 for the whole, null for a part
   * @param length what is given out
   */
  private ShardInput(
      Path file,
      ShardManifest shard,
      SeekableByteChannel channel,
      SnapshotPieces pieces,
      @Nullable MessageDigest sha256,
      long length) {
    this.file = file;
    this.shard = shard;
    this.channel = channel;
    this.pieces = pieces;
    this.sha256 = sha256;
    this.left = length;
    this.proven = length == 0 && sha256 == null;
  }

  /** The whole; refuses a file that has not the length of the manifest. */
  static InputStream whole(Path file, BackupId id, ShardManifest shard, Keyring keyring)
      throws IOException {
    return open(file, id, shard, keyring, Sha256.create(), 0, shard.rawBytes());
  }

  /** A part that lies inside; refuses a file that has not the length of the manifest. */
  static InputStream part(
      Path file, BackupId id, ShardManifest shard, Keyring keyring, long from, long length)
      throws IOException {
    return open(file, id, shard, keyring, null, from, length);
  }

  private static InputStream open(
      Path file,
      BackupId id,
      ShardManifest shard,
      Keyring keyring,
      @Nullable MessageDigest sha256,
      long from,
      long length)
      throws IOException {
    StoredFile stored = new StoredFile(file);
    boolean opened = false;
    try {
      if (stored.size() != shard.storedBytes()) {
        throw damaged(
            file,
            "has " + stored.size() + " bytes, its manifest says " + shard.storedBytes(),
            null);
      }
      SeekableByteChannel channel = keyring.decrypting(stored, id, shard);
      Optional<SeekTable> table = SeekTable.find(channel);
      SnapshotPieces pieces =
          table.isPresent()
              ? new FramedPieces(channel, table.get(), shard.rawBytes(), from)
              : new StreamPieces(channel, shard.rawBytes(), from);
      ShardInput input = new ShardInput(file, shard, channel, pieces, sha256, length);
      opened = true;
      return input;
    } catch (RepositoryException e) {
      throw e;
    } catch (IOException | GeneralSecurityException e) {
      throw wrong(file, shard, e);
    } finally {
      // Whatever was thrown, want of memory for a frame included.
      if (!opened) {
        stored.close();
      }
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    Objects.checkFromIndexSize(offset, length, bytes.length);
    if (failure != null) {
      throw failure;
    }
    if (!channel.isOpen()) {
      throw new RepositoryException("The stored snapshot " + file + " was closed");
    }
    if (length == 0) {
      return 0;
    }
    try {
      return give(bytes, offset, length);
    } catch (RepositoryException e) {
      failure = e;
      throw e;
    } catch (IOException | ZstdException e) {
      failure = wrong(file, shard, e);
      throw failure;
    }
  }

  @Override
  public void close() throws IOException {
    pieces.close();
    channel.close();
  }

  private int give(byte[] bytes, int offset, int length) throws IOException {
    if (left > 0 && !piece.hasRemaining()) {
      piece = pieces.next();
      if (!piece.hasRemaining()) {
        throw new DamagedBytesException("ends " + left + " bytes too early");
      }
    }
    int given = (int) Math.min(length, Math.min(left, piece.remaining()));
    piece.get(bytes, offset, given);
    left -= given;
    if (sha256 != null) {
      sha256.update(bytes, offset, given);
    }
    if (left == 0 && !proven) {
      prove();
      proven = true;
    }
    return given == 0 ? -1 : given;
  }

  private void prove() throws IOException {
    pieces.prove();
    if (sha256 != null) {
      String found = HexFormat.of().formatHex(sha256.digest());
      if (!found.equals(shard.rawSha256())) {
        throw new DamagedBytesException(
            "has SHA-256 " + found + ", its manifest says " + shard.rawSha256());
      }
    }
  }

  private static RepositoryException wrong(Path file, ShardManifest shard, Exception e) {
    if (e instanceof DamagedBytesException) {
      return damaged(file, String.valueOf(e.getMessage()), e);
    }
    if (e instanceof ZstdException) {
      return damaged(file, "cannot be decompressed: " + e.getMessage(), e);
    }
    return damaged(
        file,
        shard.keyId().isEmpty()
            ? "cannot be read: " + e.getMessage()
            : "cannot be decrypted with key " + shard.keyId() + ": it is not what was stored there",
        e);
  }

  private static DamagedSnapshotException damaged(Path file, String wrong, @Nullable Exception e) {
    return new DamagedSnapshotException(file, wrong, e);
  }
}
