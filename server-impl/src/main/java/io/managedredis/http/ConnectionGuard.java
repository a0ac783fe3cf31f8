package io.managedredis.http;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Stream;
import org.glassfish.grizzly.Buffer;
import org.glassfish.grizzly.CloseListener;
import org.glassfish.grizzly.Connection;
import org.glassfish.grizzly.Grizzly;
import org.glassfish.grizzly.ICloseType;
import org.glassfish.grizzly.attributes.Attribute;
import org.glassfish.grizzly.filterchain.BaseFilter;
import org.glassfish.grizzly.filterchain.FilterChainContext;
import org.glassfish.grizzly.filterchain.NextAction;
import org.jspecify.annotations.Nullable;

/**
 * Stands between the network, with TLS where there is TLS, and the codec: counts connections, ends
 * those that are too many or take too long. No thread waits for a connection here, so slow ones
 * cost no more than their memory.
 */
final class ConnectionGuard extends BaseFilter implements AutoCloseable {

  /** How many connections over the limits are told so; further ones are closed at once. */
  private static final int SURPLUS = 64;

  private static final Duration SHORTEST_LOOK = Duration.ofMillis(20);
  private static final Duration LONGEST_LOOK = Duration.ofSeconds(1);

  private final Limits limits;
  private final Duration stalled;
  private final ConnectionCounts counts;
  private final Semaphore surplus = new Semaphore(SURPLUS);
  private final Set<WatchedConnection> open = ConcurrentHashMap.newKeySet();
  private final Attribute<WatchedConnection> watched =
      Grizzly.DEFAULT_ATTRIBUTE_BUILDER.createAttribute(WatchedConnection.class.getName());
  private final LongAdder overdue = new LongAdder();
  private final LongAdder tooMany = new LongAdder();
  private final ScheduledExecutorService looking =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread daemon = new Thread(task, "http-deadlines");
            daemon.setDaemon(true);
            return daemon;
          });

  /**
   * Looks after connections from now on.
   *
   * @param stalled how long a caller may take nothing of an answer
   */
  ConnectionGuard(Limits limits, Duration stalled) {
    this.limits = limits;
    this.stalled = stalled;
    this.counts = new ConnectionCounts(limits.connections(), limits.connectionsPerAddress());
    long pause = pause().toNanos();
    ScheduledFuture<?> unused =
        looking.scheduleWithFixedDelay(this::endOverdue, pause, pause, TimeUnit.NANOSECONDS);
  }

  /** A quarter of the shortest deadline: so much later may a connection end. */
  private Duration pause() {
    Duration shortest =
        Stream.of(limits.headerTimeout(), limits.bodyTimeout(), limits.idleTimeout(), stalled)
            .min(Duration::compareTo)
            .orElseThrow()
            .dividedBy(4);
    return shortest.compareTo(SHORTEST_LOOK) < 0
        ? SHORTEST_LOOK
        : shortest.compareTo(LONGEST_LOOK) > 0 ? LONGEST_LOOK : shortest;
  }

  private void endOverdue() {
    long now = System.nanoTime();
    for (WatchedConnection connection : open) {
      if (connection.endIfOverdue(now)) {
        overdue.increment();
      }
    }
  }

  /** What is known of an open connection. */
  WatchedConnection of(Connection<?> connection) {
    @Nullable WatchedConnection known = watched.get(connection);
    if (known == null) {
      throw new IllegalStateException("a connection that was never accepted: " + connection);
    }
    return known;
  }

  /** How many connections are open, those that are only told of a limit left out. */
  int connections() {
    return counts.open();
  }

  /** How many connections were one too many, since the start. */
  long surplusConnections() {
    return tooMany.sum();
  }

  /** How many connections were ended since they took too long, since the start. */
  long overdueConnections() {
    return overdue.sum();
  }

  @Override
  public NextAction handleAccept(FilterChainContext ctx) {
    Connection<?> connection = ctx.getConnection();
    if (!(connection.getPeerAddress() instanceof InetSocketAddress peer)
        || peer.getAddress() == null) {
      // It has gone already.
      connection.terminateSilently();
      return ctx.getStopAction();
    }
    ConnectionCounts.Network network = ConnectionCounts.Network.of(peer.getAddress());
    boolean counted = counts.take(network);
    if (!counted) {
      tooMany.increment();
    }
    if (!counted && !surplus.tryAcquire()) {
      connection.terminateSilently();
      return ctx.getStopAction();
    }
    WatchedConnection accepted = new WatchedConnection(connection, limits, !counted, stalled);
    watched.set(connection, accepted);
    open.add(accepted);
    // Called once, however it ends, and at once if it has ended already.
    connection.addCloseListener(
        (CloseListener<Connection<?>, ICloseType>)
            (closed, type) -> {
              open.remove(accepted);
              if (counted) {
                counts.giveBack(network);
              } else {
                surplus.release();
              }
            });
    return ctx.getInvokeAction();
  }

  @Override
  public NextAction handleRead(FilterChainContext ctx) {
    if (ctx.getMessage() instanceof Buffer bytes) {
      of(ctx.getConnection()).received(bytes.remaining());
    }
    return ctx.getInvokeAction();
  }

  @Override
  public void close() {
    looking.shutdownNow();
  }
}
