package io.managedredis.http;

import java.security.SecureRandom;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Makes the ids of requests: UUIDs of version 4 (RFC 9562, section 5.4), unlike each other and
 * those of other servers. They are told to everybody, so nobody has to be kept from guessing the
 * next one, and the kernel need not be asked for each.
 */
final class RequestIds {

  private final long high;
  private final AtomicLong next;

  RequestIds() {
    SecureRandom random = new SecureRandom();
    high = random.nextLong();
    next = new AtomicLong(random.nextLong());
  }

  /** Another one, in its canonical form. */
  String next() {
    long count = next.getAndIncrement();
    return new UUID(
            (mixed(high ^ count) & 0xffff_ffff_ffff_0fffL) | 0x4000L,
            (mixed(count) >>> 2) | 0x8000_0000_0000_0000L)
        .toString();
  }

  /** A bijection that spreads its input over all bits: the end of SplitMix64. */
  private static long mixed(long value) {
    long z = (value ^ (value >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
