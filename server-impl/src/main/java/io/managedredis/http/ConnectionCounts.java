package io.managedredis.http;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * How many connections are open, altogether and from each network. A network is one address of
 * IPv4, or the first 64 bits of one of IPv6: what one customer is given, who could otherwise come
 * from 2^64 addresses. Safe for use by many threads.
 */
final class ConnectionCounts {

  private final int most;
  private final int mostPerNetwork;
  private final AtomicInteger open = new AtomicInteger();
  private final ConcurrentMap<Network, Integer> byNetwork = new ConcurrentHashMap<>();

  /** Where a connection comes from. */
  record Network(long bits, boolean ofVersion6) {

    /** The network that an address is in. */
    static Network of(InetAddress address) {
      ByteBuffer bytes = ByteBuffer.wrap(address.getAddress());
      return address instanceof Inet6Address
          ? new Network(bytes.getLong(), true)
          : new Network(bytes.getInt(), false);
    }
  }

  /**
   * Counts from zero.
   *
   * @param most altogether
   * @param mostPerNetwork from each network
   */
  ConnectionCounts(int most, int mostPerNetwork) {
    this.most = most;
    this.mostPerNetwork = mostPerNetwork;
  }

  /** Counts one more, unless that would be one too many. */
  boolean take(Network network) {
    if (open.incrementAndGet() > most) {
      open.decrementAndGet();
      return false;
    }
    boolean[] fits = {true};
    Integer unused =
        byNetwork.compute(
            network,
            (key, count) -> {
              int now = count == null ? 0 : count;
              fits[0] = now < mostPerNetwork;
              return fits[0] ? Integer.valueOf(now + 1) : count;
            });
    if (!fits[0]) {
      open.decrementAndGet();
    }
    return fits[0];
  }

  /** Gives back one that was taken. */
  void giveBack(Network network) {
    Integer unused =
        byNetwork.computeIfPresent(network, (key, count) -> count > 1 ? count - 1 : null);
    open.decrementAndGet();
  }

  /** How many are open. */
  int open() {
    return open.get();
  }

  /** How many networks have one open. */
  int networks() {
    return byNetwork.size();
  }
}
