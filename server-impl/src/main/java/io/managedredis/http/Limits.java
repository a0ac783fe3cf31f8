package io.managedredis.http;

import java.time.Duration;

/**
 * How much of this server one caller, or all of them, may take.
 *
 * @param headerBytes the largest request line with its headers, 16 KiB or more: the longest request
 *     that the contract allows needs about 15
 * @param bodyBytes the largest body of a request; no call of the contract has one
 * @param headerTimeout how long a request line with its headers may take to arrive
 * @param bodyTimeout how long a request's body may take to arrive
 * @param idleTimeout how long a connection may stay open between two requests
 * @param connections how many connections are open at a time
 * @param connectionsPerAddress how many of them one address may have
 * @param requestsPerMinute how many requests a subject may make in a minute, also all at once
 * @param downloads how many downloads run at a time
 */
public record Limits(
    int headerBytes,
    int bodyBytes,
    Duration headerTimeout,
    Duration bodyTimeout,
    Duration idleTimeout,
    int connections,
    int connectionsPerAddress,
    int requestsPerMinute,
    int downloads) {

  /** What is taken where the configuration says nothing. */
  public static Limits defaults() {
    return new Limits(
        32 << 10,
        64 << 10,
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        1024,
        256,
        60_000,
        8);
  }
}
