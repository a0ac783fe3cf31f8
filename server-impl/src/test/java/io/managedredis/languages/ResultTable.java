package io.managedredis.languages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Languages by steps, in Markdown, with a note for each step that is limited or failed. Safe for
 * use by many threads.
 */
public final class ResultTable {
  private static final String BEGIN = "<!-- languages: begin -->";
  private static final String END = "<!-- languages: end -->";
  private static final Map<String, String> NAMES =
      Map.of("typescript", "TypeScript", "php", "PHP", "csharp", "C#");

  private record Row(List<String> cells, List<String> notes, boolean ran) {}

  private final Map<String, Row> rows = new TreeMap<>();

  /** Adds what a language showed. */
  public synchronized void add(String language, Report report) {
    List<String> cells = report.results().stream().map(r -> r.outcome().id()).toList();
    List<String> notes =
        report.results().stream()
            .filter(result -> result.outcome() != StepResult.Outcome.OK)
            .map(StepResult::toString)
            .toList();
    rows.put(language, new Row(cells, notes, true));
  }

  /** Adds a language that broke off before it showed all. */
  public synchronized void addBroken(String language, String reason) {
    String note = "broke off: " + reason.lines().findFirst().orElse("");
    rows.put(language, new Row(everywhere("failed"), List.of(note), true));
  }

  /** Adds a language that could not be run here. */
  public synchronized void addSkipped(String language, String reason) {
    rows.put(language, new Row(everywhere("-"), List.of("not run here: " + reason), false));
  }

  /** The table and its notes. */
  public synchronized String markdown() {
    List<String> lines = new ArrayList<>(header());
    rows.forEach((language, row) -> lines.add(line(language, row)));
    lines.add("");
    rows.forEach((language, row) -> lines.addAll(notes(language, row)));
    return String.join("\n", lines).strip() + "\n";
  }

  /**
   * What the README keeps that is not so, or lacks: the lines of every language that was run.
   *
   * @param readme its text, with the table between two comments
   */
  public synchronized List<String> differences(String readme) {
    int begin = readme.indexOf(BEGIN);
    int end = readme.indexOf(END);
    if (begin < 0 || end < begin) {
      return List.of("there is no " + BEGIN + " and " + END);
    }
    List<String> kept = readme.substring(begin + BEGIN.length(), end).lines().toList();
    List<String> differences = new ArrayList<>();
    missing(header(), kept, differences);
    rows.forEach(
        (language, row) -> {
          if (row.ran()) {
            List<String> expected = new ArrayList<>(notes(language, row));
            expected.add(line(language, row));
            missing(expected, kept, differences);
            kept.stream()
                .filter(k -> k.startsWith(cell(language)) || k.startsWith(bullet(language)))
                .filter(k -> !expected.contains(k))
                .forEach(k -> differences.add("it has, but should not: " + k));
          }
        });
    return differences;
  }

  private static void missing(List<String> expected, List<String> kept, List<String> differences) {
    expected.stream()
        .filter(line -> !kept.contains(line))
        .forEach(line -> differences.add("it lacks: " + line));
  }

  private static List<String> header() {
    String steps = Arrays.stream(Step.values()).map(Step::id).collect(Collectors.joining(" | "));
    return List.of("| | " + steps + " |", "| --- ".repeat(Step.values().length + 1) + "|");
  }

  private static List<String> everywhere(String cell) {
    return Arrays.stream(Step.values()).map(step -> cell).toList();
  }

  private static String line(String language, Row row) {
    return cell(language) + String.join(" | ", row.cells()) + " |";
  }

  private static List<String> notes(String language, Row row) {
    return row.notes().stream().map(note -> bullet(language) + note).toList();
  }

  private static String cell(String language) {
    return "| " + name(language) + " | ";
  }

  private static String bullet(String language) {
    return "- " + name(language) + ", ";
  }

  private static String name(String language) {
    return NAMES.getOrDefault(
        language, language.substring(0, 1).toUpperCase(Locale.ROOT) + language.substring(1));
  }
}
