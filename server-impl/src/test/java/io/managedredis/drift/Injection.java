package io.managedredis.drift;

/**
 * What a drift does to the requests and answers of its operation. Each activation has one of its
 * own, so it may remember what it saw.
 */
interface Injection {

  /** Changes a request before it is matched; answers whether it did. */
  default boolean onRequest(Incoming request) {
    return false;
  }

  /** Changes an answer before it is written; answers whether it did. */
  default boolean onAnswer(Outgoing answer) {
    return false;
  }
}
