package io.managedredis.drift;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** The round without a drift: what each test sees, how long it takes, and if it can be repeated. */
final class Exploration implements Round {

  private final DriftControl control;
  private final Map<String, Known> tests = new HashMap<>();
  private final Set<String> seen = new HashSet<>();
  private final List<String> lines = new ArrayList<>();

  /**
   * What is known of a test.
   *
   * @param sees what {@link Drift#needs()} may ask for
   * @param repeatable whether it is green when its body is run twice in one set-up
   */
  record Known(Set<String> sees, Duration took, boolean repeatable) {
    boolean judges(Duration longest) {
      return repeatable && took.compareTo(longest) <= 0;
    }
  }

  Exploration(DriftControl control) {
    this.control = control;
  }

  @Override
  public void run(String id, String name, Body body) throws Throwable {
    // What the set-up of the class has left.
    control.takeSeen();
    long start = System.nanoTime();
    Optional<Throwable> first = Trial.clean(body);
    Duration took = Duration.ofNanos(System.nanoTime() - start);
    Set<String> sees = control.takeSeen();
    if (first.isPresent()) {
      throw first.get();
    }
    Optional<Throwable> second = Trial.clean(body);
    boolean repeatable = second.isEmpty();
    lines.add(
        took.toMillis()
            + " ms "
            + name
            + second.map(e -> " judges nothing: " + Judgement.firstLine(e)).orElse(""));
    if (repeatable) {
      seen.addAll(sees);
    }
    tests.put(id, new Known(sees, took, repeatable));
  }

  /** The tests that can judge within this time what is needed to be seen. */
  List<String> judges(Set<String> needs, Duration longest) {
    return tests.entrySet().stream()
        .filter(test -> test.getValue().judges(longest))
        .filter(test -> test.getValue().sees().stream().anyMatch(needs::contains))
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** What a test sees, in the words of {@link Seen}. */
  Set<String> sees(String id) {
    Known known = tests.get(id);
    return known == null ? Set.of() : known.sees();
  }

  /** A line for each test: how long it takes, and why it judges nothing if that is so. */
  List<String> lines() {
    return List.copyOf(lines);
  }

  /** How many tests judge. */
  long judges() {
    return tests.values().stream().filter(Known::repeatable).count();
  }

  /** Whether any test could notice the drift. */
  boolean sees(Drift drift) {
    return seen.contains(drift.needs());
  }
}
