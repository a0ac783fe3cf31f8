package io.managedredis.drift;

import static org.junit.platform.engine.discovery.DiscoverySelectors.selectPackage;
import static org.junit.platform.engine.discovery.DiscoverySelectors.selectUniqueId;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import org.junit.platform.engine.TestExecutionResult;
import org.junit.platform.engine.discovery.ClassNameFilter;
import org.junit.platform.launcher.EngineFilter;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestExecutionListener;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherExecutionRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tests that have to notice drifts, run by JUnit in this process, round by round. */
final class Suite {

  /** Whoever is quicker has its turn before: most drifts are noticed by several tests. */
  private static final List<Duration> TURNS =
      List.of(Duration.ofMillis(30), Duration.ofMillis(300), Duration.ofSeconds(5));

  private static final Logger log = LoggerFactory.getLogger(Suite.class);

  private final DriftControl control = DriftControl.OF_THIS_JVM;
  private final Exploration exploration = new Exploration(control);

  /** The tests that the contract drives. Runs them all once without a drift. */
  Suite() {
    run(
        exploration,
        LauncherDiscoveryRequestBuilder.request()
            .selectors(selectPackage("io.managedredis"))
            .filters(
                ClassNameFilter.includeClassNamePatterns(".*Test"),
                TagFilter.includeTags("contract")));
  }

  /** A line for each test. */
  List<String> lines() {
    return exploration.lines();
  }

  /** How many tests judge. */
  long size() {
    return exploration.judges();
  }

  /** Whether a test could notice this drift. */
  boolean sees(Drift drift) {
    return exploration.sees(drift);
  }

  /** Lets each drift in and runs what could notice it, up to the first test that does. */
  List<Verdict> judge(Collection<Drift> drifts) {
    if (drifts.isEmpty()) {
      return List.of();
    }
    Judgement judgement = new Judgement(control, exploration, drifts);
    for (Duration longest : TURNS) {
      run(judgement, judgement.tests(longest));
      log.info(
          "{} of {} drifts are noticed by tests of up to {} ms",
          judgement.noticed().size(),
          drifts.size(),
          longest.toMillis());
    }
    List<Verdict> verdicts = new ArrayList<>(judgement.noticed());
    verdicts.addAll(judgement.left());
    return verdicts;
  }

  private void run(Round round, List<String> tests) {
    if (!tests.isEmpty()) {
      LauncherDiscoveryRequestBuilder request = LauncherDiscoveryRequestBuilder.request();
      tests.forEach(id -> request.selectors(selectUniqueId(id)));
      run(round, request);
    }
  }

  /**
   * Runs tests with this round around each.
   *
   * @throws AssertionError when a test fails without a drift, so that no verdict counts
   */
  private void run(Round round, LauncherDiscoveryRequestBuilder tests) {
    LauncherDiscoveryRequest request =
        tests.filters(EngineFilter.includeEngines("junit-jupiter")).build();
    List<String> red = new ArrayList<>();
    control.round(round);
    try {
      LauncherFactory.create()
          .execute(
              LauncherExecutionRequestBuilder.request(request)
                  .listeners(new Failures(red))
                  .build());
    } finally {
      control.round(null);
    }
    if (!red.isEmpty()) {
      throw new AssertionError("red without a drift: " + String.join("\n", red));
    }
  }

  /** Notes the tests that fail where no drift is. */
  private record Failures(List<String> red) implements TestExecutionListener {
    @Override
    public void executionFinished(TestIdentifier test, TestExecutionResult result) {
      if (result.getStatus() == TestExecutionResult.Status.FAILED) {
        red.add(
            test.getUniqueId()
                + ": "
                + result.getThrowable().map(Judgement::firstLine).orElse("no reason"));
      }
    }
  }
}
