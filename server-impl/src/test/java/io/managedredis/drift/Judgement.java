package io.managedredis.drift;

import io.managedredis.client.ApiException;
import io.managedredis.drift.Verdict.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionTimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The round in which drifts are let in: each test is run once for each drift that no test before it
 * has noticed and that changes what it sees.
 */
final class Judgement implements Round {

  private static final Logger log = LoggerFactory.getLogger(Judgement.class);

  /** How long something may run on that a test began and did not end. */
  private static final Duration RECOVERY = Duration.ofSeconds(10);

  private final DriftControl control;
  private final Exploration exploration;
  private final Map<String, Drift> alive = new LinkedHashMap<>();
  private final Map<String, List<Drift>> byNeed = new HashMap<>();
  private final Map<String, Integer> applied = new HashMap<>();
  private final List<Verdict> verdicts = new ArrayList<>();

  /** The tests that have had their turn. */
  private final Set<String> heard = new HashSet<>();

  Judgement(DriftControl control, Exploration exploration, Collection<Drift> drifts) {
    this.control = control;
    this.exploration = exploration;
    for (Drift drift : drifts) {
      alive.put(drift.id(), drift);
      byNeed.computeIfAbsent(drift.needs(), unused -> new ArrayList<>()).add(drift);
    }
  }

  /** The unique ids of the tests that are needed now, of those that take at most this long. */
  List<String> tests(Duration longest) {
    Set<String> needs = new HashSet<>();
    alive.values().forEach(drift -> needs.add(drift.needs()));
    return exploration.judges(needs, longest).stream().filter(id -> !heard.contains(id)).toList();
  }

  @Override
  public void run(String id, String name, Body body) {
    heard.add(id);
    List<Drift> drifts = concerning(exploration.sees(id));
    // The first time sets up what the first test of a class sets up, which no drift may disturb.
    if (drifts.isEmpty() || !isGreen(name, body)) {
      return;
    }
    List<Verdict> its = new ArrayList<>();
    drifts.forEach(drift -> judge(drift, name, body).ifPresent(its::add));
    // Where a drift has done lasting harm, what the test said afterwards may not be the drift's.
    if (isGreen(name, body)) {
      its.forEach(verdict -> alive.remove(verdict.drift().id()));
      verdicts.addAll(its);
    }
  }

  /** Whether the test is green without a drift, at the latest when what a drift left has ended. */
  private static boolean isGreen(String name, Body body) {
    try {
      Awaitility.await(name)
          .atMost(RECOVERY)
          .pollDelay(Duration.ZERO)
          .pollInterval(Duration.ofMillis(100))
          .until(() -> Trial.clean(body), Optional::isEmpty);
      return true;
    } catch (ConditionTimeoutException e) {
      log.warn("Judges nothing, as it stays red without a drift: {}", firstLine(e));
      return false;
    }
  }

  private List<Drift> concerning(Set<String> sees) {
    return sees.stream()
        .sorted()
        .flatMap(need -> byNeed.getOrDefault(need, List.of()).stream())
        .filter(drift -> alive.containsKey(drift.id()))
        .toList();
  }

  private Optional<Verdict> judge(Drift drift, String name, Body body) {
    long start = System.nanoTime();
    control.letIn(drift);
    Optional<Throwable> failure = Trial.withDrift(body);
    boolean changed = control.keepOut();
    if (changed) {
      applied.merge(drift.id(), 1, Integer::sum);
    }
    // Where nothing was changed, the failure is not the drift's, and others have to judge.
    return failure
        .filter(e -> changed)
        .map(
            e ->
                new Verdict(
                    drift,
                    outcome(e),
                    name + ": " + firstLine(e),
                    Duration.ofNanos(System.nanoTime() - start)));
  }

  private static Outcome outcome(Throwable cause) {
    if (cause instanceof AssertionError) {
      return Outcome.ASSERTION;
    }
    return cause instanceof ApiException ? Outcome.CLIENT : Outcome.SUSPICIOUS;
  }

  static String firstLine(Throwable cause) {
    String text = cause.toString().replace('\n', ' ');
    return text.length() > 200 ? text.substring(0, 200) + "…" : text;
  }

  /** What became of the drifts that were noticed. */
  List<Verdict> noticed() {
    return List.copyOf(verdicts);
  }

  /** What became of the others. */
  List<Verdict> left() {
    return alive.values().stream()
        .map(
            drift -> {
              int tests = applied.getOrDefault(drift.id(), 0);
              return tests == 0
                  ? new Verdict(drift, Outcome.NEVER_SEEN, "no test gets there", Duration.ZERO)
                  : new Verdict(
                      drift, Outcome.UNNOTICED, tests + " tests stayed green", Duration.ZERO);
            })
        .toList();
  }
}
