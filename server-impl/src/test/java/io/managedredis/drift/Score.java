package io.managedredis.drift;

import io.managedredis.drift.Verdict.Outcome;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** How many drifts were noticed, family by family, and which were not. */
final class Score {

  private final Map<String, List<Verdict>> families = new LinkedHashMap<>();

  /** They are no mutants: there is no server that has them and nothing else wrong. */
  private final List<Verdict> impossible = new ArrayList<>();

  void add(Verdict verdict) {
    if (verdict.outcome() == Outcome.IMPOSSIBLE) {
      impossible.add(verdict);
      return;
    }
    families.computeIfAbsent(verdict.drift().family(), unused -> new ArrayList<>()).add(verdict);
  }

  /** Every verdict, a line each. */
  List<String> lines() {
    return Stream.concat(all().stream(), impossible.stream()).map(Verdict::toString).toList();
  }

  private List<Verdict> all() {
    return families.values().stream().flatMap(List::stream).toList();
  }

  /** The drifts that nothing noticed. */
  List<Verdict> survivors() {
    return all().stream().filter(verdict -> !verdict.killed()).toList();
  }

  /** Those that turned the suite red in a way that does not say what is wrong. */
  List<Verdict> suspicious() {
    return all().stream().filter(v -> v.outcome() == Outcome.SUSPICIOUS).toList();
  }

  /** A table for people, in Markdown. */
  String table(long tests, Duration took) {
    StringBuilder text = new StringBuilder();
    text.append("| family | mutants | killed |\n| --- | ---: | ---: |\n");
    families.forEach((family, verdicts) -> row(text, family, verdicts));
    row(text, "**all**", all());
    text.append("\nScore: ").append(percent(all())).append(" of ").append(all().size());
    text.append(" drifts, judged by ").append(tests).append(" tests in ");
    text.append(took.toSeconds()).append(" s.\n");
    for (Outcome outcome : List.of(Outcome.ASSERTION, Outcome.CLIENT, Outcome.SUSPICIOUS)) {
      long count = all().stream().filter(verdict -> verdict.outcome() == outcome).count();
      text.append(
              switch (outcome) {
                case ASSERTION -> "Noticed by an assertion: ";
                case CLIENT -> ", by the generated client: ";
                default -> ", red in another way: ";
              })
          .append(count);
    }
    text.append(".\nNot among them: ").append(impossible.size());
    text.append(" at places that the suite refuses as such.\n");
    return text.toString();
  }

  private static void row(StringBuilder text, String family, List<Verdict> verdicts) {
    text.append("| ").append(family).append(" | ").append(verdicts.size());
    text.append(" | ").append(verdicts.stream().filter(Verdict::killed).count()).append(" |\n");
  }

  private static String percent(List<Verdict> verdicts) {
    long killed = verdicts.stream().filter(Verdict::killed).count();
    // Rounded down: 100 % means all.
    long permille = verdicts.isEmpty() ? 0 : killed * 1000 / verdicts.size();
    return permille / 10 + "." + permille % 10 + " %";
  }
}
