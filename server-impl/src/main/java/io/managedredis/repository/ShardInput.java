package io.managedredis.repository;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** A stored snapshot, compared with its manifest while it is read. */
final class ShardInput extends InputStream {
  private final Path file;
  private final ShardManifest shard;
  private final InputStream snapshot;
  private final MessageDigest sha256 = Sha256.create();
  private long count;
  private boolean ended;

  private ShardInput(Path file, ShardManifest shard, FileChannel stored) throws IOException {
    this.file = file;
    this.shard = shard;
    this.snapshot = new ZstdInputStreamNoFinalizer(Channels.newInputStream(stored));
  }

  /** Refuses a file that has not the length of the manifest. */
  static InputStream open(Path file, ShardManifest shard) throws IOException {
    FileChannel stored = DurableFile.open(file);
    try {
      if (stored.size() != shard.storedBytes()) {
        throw new RepositoryException(
            "The stored snapshot "
                + file
                + " has "
                + stored.size()
                + " bytes, its manifest says "
                + shard.storedBytes()
                + ". It is damaged: do not restore from it, use another backup");
      }
      return new ShardInput(file, shard, stored);
    } catch (IOException e) {
      stored.close();
      throw e;
    }
  }

  @Override
  public int read() throws IOException {
    byte[] one = new byte[1];
    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
  }

  @Override
  public int read(byte[] bytes, int offset, int length) throws IOException {
    int read;
    try {
      read = snapshot.read(bytes, offset, length);
    } catch (IOException e) {
      throw damaged("cannot be decompressed: " + e.getMessage(), e);
    }
    if (read > 0) {
      sha256.update(bytes, offset, read);
      count += read;
      if (count > shard.rawBytes()) {
        throw damaged("holds more than the " + shard.rawBytes() + " bytes of its manifest", null);
      }
    } else if (read < 0 && !ended) {
      compare();
      ended = true;
    }
    return read;
  }

  @Override
  public void close() throws IOException {
    snapshot.close();
  }

  private void compare() throws RepositoryException {
    if (count != shard.rawBytes()) {
      throw damaged("holds " + count + " bytes, its manifest says " + shard.rawBytes(), null);
    }
    String found = HexFormat.of().formatHex(sha256.digest());
    if (!found.equals(shard.rawSha256())) {
      throw damaged("has SHA-256 " + found + ", its manifest says " + shard.rawSha256(), null);
    }
  }

  private RepositoryException damaged(String wrong, @Nullable IOException cause) {
    String message =
        "The stored snapshot "
            + file
            + " "
            + wrong
            + ". It is damaged: do not restore from it, use another backup, and check the disk";
    return cause == null
        ? new RepositoryException(message)
        : new RepositoryException(message, cause);
  }
}
