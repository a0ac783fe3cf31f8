package io.managedredis.languages;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * What a consumer printed: one line per step, in order, {@code STEP<TAB>RESULT<TAB>NOTE}. Anything
 * else is refused, so that nothing counts as shown that was not.
 *
 * @param results one for each step
 */
public record Report(List<StepResult> results) {
  private static final int LONGEST_NOTE = 200;

  /** Keeps a copy of the list. */
  public Report {
    results = List.copyOf(results);
  }

  /** Output that is not what every consumer has to print. */
  public static final class MalformedException extends Exception {
    private static final long serialVersionUID = 1;

    MalformedException(String message) {
      super(message);
    }
  }

  /**
   * Reads it.
   *
   * @param stdout all that the consumer printed
   * @param exitStatus its exit status: 0 unless a step failed, then 1
   * @throws MalformedException for a line, an order, a missing step or a status that can't be
   */
  public static Report parse(String stdout, int exitStatus) throws MalformedException {
    List<StepResult> results = new ArrayList<>();
    for (String line : stdout.lines().toList()) {
      StepResult result = result(line);
      List<Step> left = Arrays.asList(Step.values()).subList(results.size(), Step.values().length);
      if (left.isEmpty() || result.step() != left.get(0)) {
        throw new MalformedException("Expected the steps " + left + " next, not: " + line);
      }
      results.add(result);
    }
    if (results.size() < Step.values().length) {
      throw new MalformedException(
          "It ended with status " + exitStatus + " after " + results.size() + " steps: " + results);
    }
    Report report = new Report(results);
    int expected = report.failed().isEmpty() ? 0 : 1;
    if (exitStatus != expected) {
      throw new MalformedException(
          "The exit status is " + exitStatus + " where " + expected + " follows from the steps");
    }
    return report;
  }

  /** The steps that did not go as they have to. */
  public List<StepResult> failed() {
    return results.stream().filter(r -> r.outcome() == StepResult.Outcome.FAILED).toList();
  }

  private static StepResult result(String line) throws MalformedException {
    String[] fields = line.split("\t", -1);
    if (fields.length < 2 || fields.length > 3) {
      throw new MalformedException("Not STEP<TAB>RESULT<TAB>NOTE: " + line);
    }
    Optional<Step> step = Step.of(fields[0]);
    Optional<StepResult.Outcome> outcome =
        Arrays.stream(StepResult.Outcome.values()).filter(o -> o.id().equals(fields[1])).findAny();
    if (step.isEmpty() || outcome.isEmpty()) {
      throw new MalformedException("No such step or result: " + line);
    }
    String note = fields.length == 3 ? fields[2].strip() : "";
    if (note.length() > LONGEST_NOTE) {
      note = note.substring(0, LONGEST_NOTE) + "...";
    }
    if (note.isEmpty() && outcome.get() != StepResult.Outcome.OK) {
      throw new MalformedException("A step that is not ok needs a note: " + line);
    }
    return new StepResult(step.get(), outcome.get(), note);
  }
}
