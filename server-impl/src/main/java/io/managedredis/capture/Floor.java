package io.managedredis.capture;

/**
 * How old a snapshot may be: a point in the shard's history that it has to show. A replica that
 * lags, or a server that lets us share a save that it began for somebody else (replication.c,
 * syncCommand), would hand out an older one without a word.
 *
 * @param replicationId whose history; 40 hexadecimal digits
 * @param replicationOffset the least offset in it
 * @param master whether the node is the master itself, which begins a new history when it has had
 *     no replica for long (replication.c, createReplicationBacklog); a replica never does
 */
public record Floor(String replicationId, long replicationOffset, boolean master) {

  /** Throws for a point below the floor, or of another history. */
  void check(String node, Handshake.Point point) throws CaptureException {
    if (!point.replicationId().equals(replicationId)) {
      if (!master) {
        throw new CaptureException(
            CaptureException.Reason.NOT_READY,
            node,
            "its snapshot would show the history "
                + point.replicationId()
                + ", but the master of its shard had "
                + replicationId
                + " just before: there was a failover, or the replica follows another master now");
      }
    } else if (point.replicationOffset() < replicationOffset) {
      throw new CaptureException(
          CaptureException.Reason.NOT_READY,
          node,
          "its snapshot would show offset "
              + point.replicationOffset()
              + ", but the master of its shard was at "
              + replicationOffset
              + " when the backup began: the node lags behind, or it shares a save that began before");
    }
  }
}
