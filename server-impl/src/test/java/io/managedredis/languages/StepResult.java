package io.managedredis.languages;

import java.util.Locale;

/**
 * What a client made of one step.
 *
 * @param step the step
 * @param outcome how it went
 * @param note for people, on one line; says what is missing or wrong unless it went well
 */
public record StepResult(Step step, Outcome outcome, String note) {

  /** How a step went. */
  public enum Outcome {
    /** As the contract promises. */
    OK,
    /** It works, but less than the contract promises arrives. */
    LIMITED,
    /** It does not work. */
    FAILED;

    String id() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /** As in the table's notes, such as {@code fractions limited: to the microsecond}. */
  @Override
  public String toString() {
    return step.id() + " " + outcome.id() + (note.isEmpty() ? "" : ": " + note);
  }
}
