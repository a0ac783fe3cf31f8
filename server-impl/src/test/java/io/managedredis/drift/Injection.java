package io.managedredis.drift;

import java.util.function.Predicate;

/**
 * What a drift does to the requests and answers of its operation. Each activation has one of its
 * own, so it may remember what it saw.
 */
interface Injection {

  /** One that changes answers alone, each by itself. */
  static Injection ofAnswers(Predicate<Outgoing> change) {
    return new Injection() {
      @Override
      public boolean onAnswer(Outgoing answer) {
        return change.test(answer);
      }
    };
  }

  /** Changes a request before it is matched; answers whether it did. */
  default boolean onRequest(Incoming request) {
    return false;
  }

  /** Changes an answer before it is written; answers whether it did. */
  default boolean onAnswer(Outgoing answer) {
    return false;
  }
}
