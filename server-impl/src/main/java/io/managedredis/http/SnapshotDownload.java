package io.managedredis.http;

import io.managedredis.repository.BackupId;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.StoredBackups;
import jakarta.ws.rs.core.StreamingOutput;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Base64;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A snapshot, or a part of it, on its way to a caller. What has been read goes out only once what
 * is behind it could be read as well: so the last bytes are never sent before the stored file has
 * been proven to its end.
 */
final class SnapshotDownload implements StreamingOutput {

  private static final Logger log = LoggerFactory.getLogger(SnapshotDownload.class);
  private static final int BUFFER = 256 << 10;

  private final BackupId id;
  private final ShardManifest shard;
  private final ByteRange range;
  private final InputStream snapshot;
  private byte[] ready = new byte[BUFFER];
  private byte[] next = new byte[BUFFER];
  private int readyCount;
  private Runnable broken = () -> {};
  private boolean headersAlone;

  private SnapshotDownload(
      BackupId id, ShardManifest shard, ByteRange range, InputStream snapshot) {
    this.id = id;
    this.shard = shard;
    this.range = range;
    this.snapshot = snapshot;
  }

  /**
   * Opens the file and reads its first bytes, so that most damage is found while an error can still
   * be answered.
   *
   * @param range the header {@code Range}
   * @param ifRange the header {@code If-Range}
   * @throws ApiException 503 when too many snapshots are being sent
   * @throws UnsatisfiableRangeException when the range begins behind the end
   * @throws RepositoryException when the stored file can't be read
   */
  static SnapshotDownload open(
      DownloadSlots slots,
      StoredBackups backups,
      BackupId id,
      ShardManifest shard,
      @Nullable String range,
      @Nullable String ifRange)
      throws RepositoryException {
    boolean sameFile = ifRange == null || ifRange.equals(etag(shard));
    ByteRange part =
        sameFile ? ByteRange.of(range, shard.rawBytes()) : ByteRange.all(shard.rawBytes());
    InputStream snapshot =
        slots.open(
            () ->
                part.whole()
                    ? backups.open(id, shard)
                    : backups.open(id, shard, part.from(), part.length()));
    SnapshotDownload download = new SnapshotDownload(id, shard, part, snapshot);
    boolean complete = false;
    try {
      download.readyCount = download.fill(download.ready);
      complete = true;
    } catch (RepositoryException e) {
      throw e;
    } catch (IOException e) {
      throw new RepositoryException(String.valueOf(e.getMessage()), e);
    } finally {
      if (!complete) {
        download.close();
      }
    }
    return download;
  }

  /** What to do when not everything can be sent: end the connection. */
  void whenBroken(Runnable action) {
    broken = action;
  }

  ByteRange range() {
    return range;
  }

  /** Strong: the bytes are the same for ever. */
  static String etag(ShardManifest shard) {
    return "\"" + shard.rawSha256() + "\"";
  }

  String etag() {
    return etag(shard);
  }

  /** RFC 9530. */
  String digest() {
    byte[] sha256 = HexFormat.of().parseHex(shard.rawSha256());
    return "sha-256=:" + Base64.getEncoder().encodeToString(sha256) + ":";
  }

  /** The name of a file to save it under; the colon is none that every system takes. */
  String fileName() {
    return id.clusterId() + "-" + id.suffix() + "-" + shard.name() + ".rdb";
  }

  /** Sends nothing, for a request for the headers alone. */
  void headersAlone() {
    close();
    headersAlone = true;
  }

  /**
   * Writes it all, or ends the connection: an answer that is cut short must not look complete, and
   * what was announced but not sent must not be looked for in the next one.
   */
  @Override
  public void write(OutputStream out) {
    if (headersAlone) {
      return;
    }
    boolean complete = false;
    try (this.snapshot) {
      int count;
      do {
        count = fill(next);
        send(out);
        byte[] free = ready;
        ready = next;
        next = free;
        readyCount = count;
      } while (count > 0);
      complete = true;
    } catch (ClientGoneException e) {
      log.info("The download of shard {} of {} was not read to its end: {}", shard.name(), id, e);
    } catch (IOException e) {
      log.error("The download of shard {} of {} was broken off", shard.name(), id, e);
    } finally {
      // Whatever was thrown, an OutOfMemoryError included.
      if (!complete) {
        broken.run();
      }
    }
  }

  private void send(OutputStream out) throws ClientGoneException {
    try {
      out.write(ready, 0, readyCount);
    } catch (IOException e) {
      throw new ClientGoneException(String.valueOf(e.getMessage()), e);
    }
  }

  /** Not our trouble: the other side closed, or did not take anything for too long. */
  private static final class ClientGoneException extends IOException {
    private static final long serialVersionUID = 1L;

    ClientGoneException(String message, IOException cause) {
      super(message, cause);
    }
  }

  /** Lets go of the file without sending it. */
  void close() {
    try {
      snapshot.close();
    } catch (IOException e) {
      log.warn("The file of shard {} of backup {} could not be closed", shard.name(), id, e);
    }
  }

  /** Fills the buffer as far as the snapshot goes; 0 only at its proven end. */
  private int fill(byte[] buffer) throws IOException {
    return snapshot.readNBytes(buffer, 0, buffer.length);
  }
}
