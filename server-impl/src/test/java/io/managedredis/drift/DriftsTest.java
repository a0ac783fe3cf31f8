package io.managedredis.drift;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.ContractFile;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class DriftsTest {

  static Stream<DeclaredOperation> operations() {
    return Contract.present().operations().stream();
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyOperationHasDriftsOfItsAnswersAndItsRequests(DeclaredOperation operation) {
    assertThat(families(Drifts.byId(Contract.present()), operation.id()))
        .contains(
            "path or method gone",
            "undeclared status",
            "undeclared parameter",
            "changed limit",
            "error",
            "header",
            "media type",
            "body",
            "wrong type",
            "null",
            "required property lost",
            "limit of a value");
  }

  @ParameterizedTest
  @MethodSource("operations")
  void everyDeclaredAnswerHasDrifts(DeclaredOperation operation) {
    Map<String, Drift> drifts = Drifts.byId(Contract.present());

    for (int status : operation.responses().keySet()) {
      assertThat(drifts.values())
          .anyMatch(d -> d.operation().equals(operation.id()) && d.status() == status);
    }
  }

  @Test
  void aNewOperationHasTheDriftsOfTheOneThatItIsLike() throws IOException {
    String contract = Files.readString(ContractFile.path());
    String path = "  /managed-redis/v1/clusters/{clusterId}/shards:\n";
    int start = contract.indexOf(path);
    String shards = contract.substring(start, contract.indexOf("\n\n", start) + 2);
    String copy = shards.replace("/shards:", "/copies:").replace("listClusterShards", "listCopies");

    Map<String, Drift> drifts =
        Drifts.byId(Contract.parse(new StringBuilder(contract).insert(start, copy).toString()));

    assertThat(families(drifts, "listCopies")).isEqualTo(families(drifts, "listClusterShards"));
    assertThat(of(drifts, "listCopies"))
        .hasSameSizeAs(of(drifts, "listClusterShards"))
        .hasSizeGreaterThan(100);
  }

  private static Set<String> families(Map<String, Drift> drifts, String operation) {
    return of(drifts, operation).stream().map(Drift::family).collect(Collectors.toSet());
  }

  private static Set<Drift> of(Map<String, Drift> drifts, String operation) {
    return drifts.values().stream()
        .filter(drift -> drift.operation().equals(operation))
        .collect(Collectors.toSet());
  }
}
