package io.managedredis.http;

import java.time.Duration;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.nio.NIOConnection;

/**
 * A connection: what it is at, since when, and what it may still do. The thread that serves it
 * writes; the one that looks for overdue ones reads, and may end it.
 */
final class WatchedConnection {

  /** How long one may stay that is only told that it is one too many. */
  private static final Duration SURPLUS = Duration.ofSeconds(2);

  /** What a connection is at. */
  enum Phase {
    /** A request's head is on its way, or the first one was not begun yet. */
    ARRIVING,
    /** A request's body is on its way: before the answer, or after it. */
    BODY,
    /** A request waits until the caller has taken the answers before it. */
    HELD,
    /** A request is being answered. */
    SERVED,
    /** The answer is given and nothing was asked since. */
    RESTING,
    /** It took too long. */
    ENDED
  }

  private record Stage(Phase phase, long sinceNanos) {}

  private final Connection<?> connection;
  private final Limits limits;
  private final Duration stalled;
  private final boolean surplus;
  private final RequestHead head;
  private volatile Stage stage;

  /** What came behind the head of the present request, as it came, with its framing. */
  private long bodyBytes;

  /** What of it is content. */
  private long contentBytes;

  private boolean broken;

  /** Whether the next request may be answered by the thread that read it. */
  private boolean promptTurn;

  /** The answer still to be taken, as the last look found it, and when that last changed. */
  private int unsentSeen;

  private long unsentChangedNanos;

  /**
   * One that was just accepted.
   *
   * @param surplus whether it is over a limit, and only there to be told so
   * @param stalled how long a caller may take nothing of an answer
   */
  WatchedConnection(Connection<?> connection, Limits limits, boolean surplus, Duration stalled) {
    this.connection = connection;
    this.limits = limits;
    this.surplus = surplus;
    this.stalled = stalled;
    this.head = new RequestHead(limits.headerBytes());
    this.unsentChangedNanos = System.nanoTime();
    this.stage = new Stage(Phase.ARRIVING, unsentChangedNanos);
  }

  RequestHead head() {
    return head;
  }

  /** Whether it is over a limit, and only there to be told so. */
  boolean surplus() {
    return surplus;
  }

  /** Bytes of answers that the caller has not taken and the kernel not either. */
  int unsent() {
    return connection instanceof NIOConnection nio ? nio.getAsyncWriteQueue().spaceInBytes() : 0;
  }

  /** Bytes that may belong to a request's head, or to a body that is not at its end. */
  void received(int bytes) {
    bodyBytes += bytes;
    promptTurn = true;
  }

  /**
   * Takes the one turn that a connection has with each arrival of bytes. What comes in the same
   * bytes behind that request waits like the requests of others.
   */
  boolean takesPromptTurn() {
    boolean turn = promptTurn;
    promptTurn = false;
    return turn;
  }

  /**
   * Bytes are there to be read.
   *
   * @param whole whether the request before them was read to its end
   */
  void reading(boolean whole) {
    Phase phase = stage.phase();
    if (phase == Phase.RESTING || (phase == Phase.BODY && whole)) {
      enter(Phase.ARRIVING);
    }
  }

  /**
   * They have been read.
   *
   * @param whole whether the request was read to its end
   */
  void read(boolean whole) {
    if (whole && stage.phase() == Phase.BODY) {
      enter(Phase.RESTING);
    }
  }

  /**
   * A request's head is complete.
   *
   * @param behind how many bytes have already come behind it
   */
  void headComplete(int behind) {
    head.reset();
    bodyBytes = behind;
    contentBytes = 0;
    enter(Phase.BODY);
  }

  /** Counts content, and says whether there is more of it now than may be. */
  boolean content(int bytes) {
    contentBytes += bytes;
    return contentBytes > limits.bodyBytes();
  }

  /** The request can't be read to its end. */
  void breaks() {
    broken = true;
  }

  boolean broken() {
    return broken;
  }

  /** A request waits, without a thread, until what was answered before has been sent. */
  void held() {
    enter(Phase.HELD);
  }

  /** Nothing stands in the way of the answer any more. */
  void served() {
    enter(Phase.SERVED);
  }

  /**
   * The answer is given.
   *
   * @param whole whether the request was read to its end
   */
  void answered(boolean whole) {
    enter(whole ? Phase.RESTING : Phase.BODY);
  }

  /** Whether more has come of a body that nobody waits for than may. */
  boolean bodyTooLarge() {
    return stage.phase() == Phase.BODY && bodyBytes > limits.bodyBytes();
  }

  private synchronized void enter(Phase phase) {
    stage = new Stage(phase, System.nanoTime());
  }

  /** Ends the connection if it took too long. Asked by one thread only, again and again. */
  boolean endIfOverdue(long nowNanos) {
    synchronized (this) {
      if (!isOverdue(stage, nowNanos)) {
        return false;
      }
      stage = new Stage(Phase.ENDED, nowNanos);
    }
    connection.terminateSilently();
    return true;
  }

  private boolean isOverdue(Stage now, long nowNanos) {
    int unsent = unsent();
    if (unsent != unsentSeen) {
      unsentSeen = unsent;
      unsentChangedNanos = nowNanos;
    }
    long waited = nowNanos - now.sinceNanos();
    return switch (now.phase()) {
      case ARRIVING -> waited > (surplus ? SURPLUS : limits.headerTimeout()).toNanos();
      case BODY -> waited > limits.bodyTimeout().toNanos();
      case HELD -> unsent > 0 && isStalled(waited, nowNanos);
      case RESTING ->
          unsent > 0
              ? isStalled(waited, nowNanos)
              : Math.min(waited, nowNanos - unsentChangedNanos) > limits.idleTimeout().toNanos();
      case SERVED, ENDED -> false;
    };
  }

  /** Who takes a little again and again is slow, but not stalled. */
  private boolean isStalled(long waited, long nowNanos) {
    return Math.min(waited, nowNanos - unsentChangedNanos) > stalled.toNanos();
  }
}
