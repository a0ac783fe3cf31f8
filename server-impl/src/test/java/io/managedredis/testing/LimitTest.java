package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Contract.Parameter;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LimitTest {

  private static final Contract CONTRACT = Contract.present();

  @ParameterizedTest
  @CsvSource({
    "listBackups, folderId, required minLength maxLength",
    "listBackups, pageSize, type format minimum maximum",
    "listBackups, pageToken, maxLength pattern",
    "getBackup, backupId, minLength maxLength pattern",
    // An empty segment is another path.
    "getCluster, clusterId, maxLength pattern",
    "deleteBackup, Idempotency-Key, minLength maxLength pattern"
  })
  void theLimitsAreThoseThatARequestCanBreak(String operation, String name, String limits) {
    assertThat(Limit.breakable(parameter(operation, name)))
        .extracting(Limit::toString)
        .containsExactly(limits.split(" ", -1));
  }

  @ParameterizedTest
  @CsvSource({
    "listBackups, folderId, , required",
    "listBackups, folderId, '', minLength",
    "listBackups, pageSize, abc, type",
    "listBackups, pageSize, -1, minimum",
    "listBackups, pageSize, 1001, maximum",
    "listBackups, pageSize, 9223372036854775808, format maximum",
    "listBackups, pageToken, a!, pattern",
    "getOperation, operationId, f4k2, minLength pattern"
  })
  void aValueBreaksWhatItBreaks(
      String operation, String name, @Nullable String value, String limits) {
    assertThat(Limit.broken(parameter(operation, name), value))
        .extracting(Limit::toString)
        .containsExactly(limits.split(" ", -1));
  }

  @Test
  void theLastValueBreaksNothingAndTheNextOneThatLimit() {
    for (var operation : CONTRACT.operations()) {
      for (Parameter parameter : operation.parameters()) {
        for (Limit limit : Limit.breakable(parameter)) {
          limit
              .last(parameter)
              .ifPresent(last -> assertThat(Limit.broken(parameter, last)).isEqualTo(Set.of()));
          assertThat(Limit.broken(parameter, limit.beyond(parameter).orElse(null)))
              .as("%s %s", operation, parameter)
              .contains(limit);
        }
      }
    }
  }

  private static Parameter parameter(String operation, String name) {
    return CONTRACT.operation(operation).parameter(name).orElseThrow();
  }
}
