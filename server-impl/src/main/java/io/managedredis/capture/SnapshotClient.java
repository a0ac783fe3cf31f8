package io.managedredis.capture;

import java.io.IOException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Takes snapshots from nodes, as a replica that wants nothing but the snapshot. Safe for use by
 * many threads.
 */
public final class SnapshotClient {
  /**
   * No port at all. A Sentinel that reads a master's INFO meanwhile takes every link for a replica,
   * for ever, and one that announced no port for a replica on port 0; only a port beyond 65535 is
   * none to it (sentinel.c, createSentinelAddr).
   */
  private static final String NO_PORT = "65536";

  private final Deadlines deadlines;

  /** A client whose every wait is bounded by the deadlines. */
  public SnapshotClient(Deadlines deadlines) {
    this.deadlines = deadlines;
  }

  /**
   * Copies a snapshot of the node to the sink: exactly the bytes of an RDB file. Blocks until its
   * end was found and proven, as far as the server's settings allow.
   *
   * @throws CaptureException if the node did not give one, or not in time, or if it was cancelled;
   *     what the sink has by then is not a snapshot
   * @throws IOException only what the sink threw
   */
  public Snapshot capture(Source source, SnapshotSink sink, Cancellation cancellation)
      throws CaptureException, IOException {
    return capture(source, null, sink, cancellation);
  }

  /**
   * The same, for a snapshot that must not be older than the floor. Whether it is shows before its
   * first byte, so nothing is copied in vain.
   */
  public Snapshot capture(
      Source source, @Nullable Floor floor, SnapshotSink sink, Cancellation cancellation)
      throws CaptureException, IOException {
    try (ReplicationLink link = ReplicationLink.open(source, deadlines, cancellation)) {
      Handshake handshake = new Handshake(link, source);
      handshake.authenticate();
      // Nothing more is announced: skip-rdb-checksum could cost the proof, compression or a second
      // channel change the payload, and a real port would make us a replica that others remember.
      handshake.announce("listening-port", NO_PORT);
      handshake.announce("capa", "eof");
      boolean rdbOnly = handshake.announce("rdb-only", "1");
      // Valkey 9 picks the format by this, and aborts for lack of it when hash fields have TTLs.
      handshake.announce("version", "255.255.255");
      Instant requestedAt = now();
      link.requestSnapshot();
      Handshake.Point point = handshake.readPoint();
      Instant pointAt = now();
      if (floor != null) {
        floor.check(source.address(), point);
      }
      Payload payload = handshake.readPayloadHeader(rdbOnly);
      RdbCopy copy = new RdbCopy(source.address(), sink);
      Checksum checksum = payload.copy(link, copy);
      return new Snapshot(
          point.replicationId(),
          point.replicationOffset(),
          copy.magic(),
          copy.bytes(),
          copy.crc64(),
          checksum,
          requestedAt,
          pointAt,
          Objects.requireNonNull(link.firstByteAt()),
          now());
    }
  }

  /**
   * Checks what can be checked without a snapshot: that the node answers, lets us in, would serve
   * replication now, and that the user may run REPLCONF and PSYNC; no other right is needed. Leaves
   * no trace but an error that the server counts (INFO errorstats), and a denial in the ACL LOG if
   * there is one.
   *
   * <p>PSYNC is sent in one write with a command before it, for a server to turn it down. If the
   * network splits that write just between them, which is rare, the server may begin a save; the
   * link is closed as soon as it says so, and that counts as a permission.
   *
   * @throws CaptureException what a capture would fail with, or if it was cancelled
   */
  public void preflight(Source source, Cancellation cancellation) throws CaptureException {
    try (ReplicationLink link = ReplicationLink.open(source, deadlines, cancellation)) {
      Handshake handshake = new Handshake(link, source);
      handshake.authenticate();
      handshake.checkPermission();
    }
  }

  private static Instant now() {
    return Instant.now().truncatedTo(ChronoUnit.MICROS);
  }
}
