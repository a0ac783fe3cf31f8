package io.managedredis.drift;

import io.managedredis.drift.Verdict.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Decides which drifts are let in, and what becomes of each. */
final class Judge {

  private final Suite suite;
  private final Map<String, Drift> drifts;

  /**
   * A judge of these drifts.
   *
   * @param drifts all that there are, by their ids
   */
  Judge(Suite suite, Map<String, Drift> drifts) {
    this.suite = suite;
    this.drifts = drifts;
  }

  /**
   * All that are wanted, but of what all errors share, for each operation one status: with each
   * drift another one, so that every operation has every drift and every status has its share.
   */
  List<Drift> choice(Collection<Drift> wanted) {
    List<Drift> chosen = new ArrayList<>();
    Map<String, List<Drift>> shared = new LinkedHashMap<>();
    for (Drift drift : wanted) {
      if (drift.isSharedByErrors()) {
        shared
            .computeIfAbsent(
                drift.operation() + drift.family() + drift.place() + drift.words(),
                unused -> new ArrayList<>())
            .add(drift);
      } else {
        chosen.add(drift);
      }
    }
    int turn = 0;
    for (List<Drift> alike : shared.values()) {
      List<Drift> seen = alike.stream().filter(suite::sees).toList();
      List<Drift> from = seen.isEmpty() ? alike : seen;
      chosen.add(from.get(turn++ % from.size()));
    }
    return chosen;
  }

  /** Lets the drifts in; where no answer has the place of one, it is planted. */
  List<Verdict> verdicts(Collection<Drift> chosen) {
    List<Verdict> verdicts = new ArrayList<>();
    List<Drift> planted = new ArrayList<>();
    for (Verdict verdict : suite.judge(chosen)) {
      Drift other = drifts.get(verdict.drift().plantedId());
      if (verdict.outcome() == Outcome.NEVER_SEEN && other != null) {
        planted.add(other);
      } else {
        verdicts.add(verdict);
      }
    }
    verdicts.addAll(ofPlanted(planted));
    return verdicts;
  }

  private List<Verdict> ofPlanted(List<Drift> planted) {
    if (planted.isEmpty()) {
      return List.of();
    }
    Set<Drift> controls = new LinkedHashSet<>();
    planted.forEach(drift -> controls.add(control(drift)));
    Set<String> noticedAlone = new HashSet<>();
    for (Verdict control : suite.judge(controls)) {
      if (control.killed()) {
        noticedAlone.add(control.drift().id());
      }
    }
    List<Verdict> verdicts = new ArrayList<>();
    List<Drift> possible = new ArrayList<>();
    for (Drift drift : planted) {
      if (noticedAlone.contains(drift.controlId())) {
        verdicts.add(
            new Verdict(
                drift, Outcome.IMPOSSIBLE, "its place is noticed as a drift", Duration.ZERO));
      } else {
        possible.add(drift);
      }
    }
    verdicts.addAll(suite.judge(possible));
    return verdicts;
  }

  private Drift control(Drift planted) {
    Drift control = drifts.get(planted.controlId());
    if (control == null) {
      throw new IllegalStateException("there is no drift " + planted.controlId());
    }
    return control;
  }
}
