package io.managedredis.contract;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.managedredis.testing.Contract;
import io.managedredis.testing.ContractExtension;
import io.managedredis.testing.Coverage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of the suite: all that the contract declares was seen in some test. Maven runs it in the
 * phase {@code verify}, after the tests of the jar; its name keeps it out of the other runs. When
 * somebody asked for some tests only, there is nothing to say.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ContractCoverage {

  private static final Logger log = LoggerFactory.getLogger(ContractCoverage.class);

  private final Contract contract = Contract.present();
  private final Set<String> seen = new HashSet<>();

  @BeforeAll
  void read() throws IOException {
    for (String choice : List.of("test", "it.test", "groups", "excludedGroups")) {
      assumeThat(System.getProperty(choice)).as("all tests ran").isNull();
    }
    Path folder = Path.of(System.getProperty(ContractExtension.FOLDER, "target/contract-coverage"));
    assertThat(folder).as("what the tests have seen; run mvn verify").isNotEmptyDirectory();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        seen.addAll(Files.readAllLines(file));
      }
    }
  }

  @Test
  void everyStatusOfEveryOperationWasSeen() {
    check(
        "operations x statuses",
        Coverage.declaredStatuses(contract),
        "name an example at the answer, and add a situation for it beside ExampleReplayTest; or"
            + " take the status out of the contract, when it can't happen");
  }

  @Test
  void everyHeaderOfEveryAnswerWasSeen() {
    check(
        "answers x headers",
        Coverage.declaredHeaders(contract),
        "bring about an answer that has it; or take the header out of the contract, when the"
            + " server never sends it");
  }

  @Test
  void everyPropertyOfEveryAnswerWasSeen() {
    check(
        "properties of answers",
        Coverage.declaredProperties(contract),
        "bring about an answer that has it; or, when it is the vendor's and this service does not"
            + " answer it, mark it x-unanswered: true in the contract");
  }

  @Test
  void everyParameterWasSentValidAndBeyondEachOfItsLimits() {
    check(
        "parameters x limits",
        Coverage.declaredParameters(contract),
        "ParameterLimitsTest sends all that it can read from the contract; give the parameter an"
            + " example, or teach Limit its limit");
  }

  private void check(String what, Set<String> declared, String advice) {
    TreeSet<String> missing = new TreeSet<>(declared);
    missing.removeAll(seen);
    log.info(
        "Contract coverage, {}: {} of {}", what, declared.size() - missing.size(), declared.size());

    assertThat(missing).as("never seen in any test; %s", advice).isEmpty();
  }
}
