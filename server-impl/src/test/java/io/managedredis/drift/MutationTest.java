package io.managedredis.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.LogManager;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets every drift into the server, one after the other, and wants the suite to turn red for each.
 * Takes minutes: the Maven profile {@code mutants} runs it, and nothing else. The property {@code
 * mutants} is a regular expression for those drifts alone whose names fit.
 */
@Tag("mutants")
class MutationTest {

  private static final Logger log = LoggerFactory.getLogger(MutationTest.class);
  private static final Path FOLDER = Path.of("target", "mutants");

  private final long start = System.nanoTime();
  private final Score score = new Score();

  @Test
  void theSuiteNoticesEveryDrift() throws IOException {
    // Every start of a server says several things, and every drift is an error to somebody.
    LogManager.getLogManager().reset();
    Map<String, Drift> drifts = DriftControl.OF_THIS_JVM.drifts();
    Suite suite = new Suite();
    Files.createDirectories(FOLDER);
    Files.write(FOLDER.resolve("tests.txt"), suite.lines());
    Judge judge = new Judge(suite, drifts);
    List<Drift> chosen = judge.choice(wanted(drifts));
    log.info(
        "{} tests, green without a drift, after {} s; {} drifts to come",
        suite.size(),
        seconds(),
        chosen.size());
    judge.verdicts(chosen).forEach(score::add);
    report(suite.size());

    assertThat(score.survivors()).as("drifts that no test notices").isEmpty();
    assertThat(score.suspicious()).as("red for another reason than the drift").isEmpty();
  }

  private static List<Drift> wanted(Map<String, Drift> drifts) {
    String names = System.getProperty("mutants", ".*");
    return drifts.values().stream()
        .filter(drift -> !drift.planted() && drift.toString().matches(names))
        .toList();
  }

  private long seconds() {
    return Duration.ofNanos(System.nanoTime() - start).toSeconds();
  }

  private void report(long tests) throws IOException {
    String table = score.table(tests, Duration.ofNanos(System.nanoTime() - start));
    log.info("\n{}", table);
    score.survivors().forEach(verdict -> log.warn("Survived: {}", verdict));
    score.suspicious().forEach(verdict -> log.warn("Red for another reason: {}", verdict));
    Files.writeString(FOLDER.resolve("score.md"), table);
    Files.write(FOLDER.resolve("verdicts.txt"), score.lines());
  }
}
