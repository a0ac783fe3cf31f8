package io.managedredis.drift;

import io.managedredis.testing.Contract;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;

/** All drifts of a contract. A new operation, property, header or parameter has its own at once. */
final class Drifts {

  private Drifts() {}

  /**
   * By their ids, in an order that is the same in every run.
   *
   * @throws IllegalStateException when two drifts have the same id
   */
  static Map<String, Drift> byId(Contract contract) {
    Map<String, Drift> drifts = new LinkedHashMap<>();
    Stream.of(
            BodyDrifts.of(contract),
            HeaderDrifts.of(contract),
            AnswerDrifts.of(contract),
            RouteDrifts.of(contract),
            ParameterDrifts.of(contract),
            PagingDrifts.of(contract),
            OperationDrifts.of(contract),
            DownloadDrifts.of(contract))
        .flatMap(Collection::stream)
        .forEach(
            drift -> {
              Drift other = drifts.put(drift.id(), drift);
              if (other != null) {
                throw new IllegalStateException("two drifts are called " + drift.id());
              }
            });
    return drifts;
  }
}
