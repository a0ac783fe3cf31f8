package io.managedredis.fuzz;

import java.util.ArrayList;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;

/**
 * Strings that match a regular expression of the kind that contracts have: literals, classes,
 * groups, alternatives and repetitions, from {@code ^} to {@code $}. Anything else is refused, so
 * that no pattern is taken for another one.
 */
final class PatternStrings {

  private final String pattern;
  private final int longest;
  private int at;

  private PatternStrings(String pattern, int longest) {
    this.pattern = pattern;
    this.longest = longest;
  }

  /**
   * The strings that match.
   *
   * @param longest how often a repetition without an end repeats at most
   * @throws IllegalArgumentException when the pattern has something else in it
   */
  static Arbitrary<String> matching(String pattern, int longest) {
    if (!pattern.startsWith("^") || !pattern.endsWith("$")) {
      throw new IllegalArgumentException("not from ^ to $: " + pattern);
    }
    PatternStrings reader = new PatternStrings(pattern.substring(1, pattern.length() - 1), longest);
    Arbitrary<String> strings = reader.alternatives();
    if (reader.at < reader.pattern.length()) {
      throw reader.unknown();
    }
    return strings;
  }

  private Arbitrary<String> alternatives() {
    List<Arbitrary<String>> alternatives = new ArrayList<>();
    alternatives.add(sequence());
    while (next('|')) {
      alternatives.add(sequence());
    }
    return alternatives.size() == 1 ? alternatives.get(0) : Arbitraries.oneOf(alternatives);
  }

  private Arbitrary<String> sequence() {
    List<Arbitrary<String>> parts = new ArrayList<>();
    while (at < pattern.length() && pattern.charAt(at) != '|' && pattern.charAt(at) != ')') {
      parts.add(repeated(single()));
    }
    return parts.size() == 1
        ? parts.get(0)
        : Combinators.combine(parts).as(texts -> String.join("", texts));
  }

  private Arbitrary<String> single() {
    char c = pattern.charAt(at++);
    switch (c) {
      case '(' -> {
        Arbitrary<String> group = alternatives();
        require(')');
        return group;
      }
      case '[' -> {
        return oneOfClass();
      }
      case '\\' -> {
        return Arbitraries.just(String.valueOf(escaped()));
      }
      default -> {
        if ("{}*+?.^$".indexOf(c) >= 0) {
          throw unknown();
        }
        return Arbitraries.just(String.valueOf(c));
      }
    }
  }

  private Arbitrary<String> oneOfClass() {
    List<String> characters = new ArrayList<>();
    while (!next(']')) {
      char first = classCharacter();
      char last = first;
      boolean isRange =
          at + 1 < pattern.length() && pattern.charAt(at) == '-' && pattern.charAt(at + 1) != ']';
      if (isRange) {
        at++;
        last = classCharacter();
      }
      for (char c = first; c <= last; c++) {
        characters.add(String.valueOf(c));
      }
    }
    return Arbitraries.of(characters);
  }

  private char classCharacter() {
    if (at >= pattern.length() || pattern.charAt(at) == '^' || pattern.charAt(at) == '[') {
      throw unknown();
    }
    char c = pattern.charAt(at++);
    return c == '\\' ? escaped() : c;
  }

  /** Letters and digits behind a backslash have meanings that are not known here. */
  private char escaped() {
    if (at >= pattern.length() || Character.isLetterOrDigit(pattern.charAt(at))) {
      throw unknown();
    }
    return pattern.charAt(at++);
  }

  private Arbitrary<String> repeated(Arbitrary<String> single) {
    if (next('*')) {
      return repeated(single, 0, longest);
    } else if (next('+')) {
      return repeated(single, 1, longest);
    } else if (next('?')) {
      return repeated(single, 0, 1);
    } else if (next('{')) {
      int least = number();
      int most =
          next(',')
              ? (at < pattern.length() && pattern.charAt(at) == '}' ? longest : number())
              : least;
      require('}');
      return repeated(single, least, most);
    }
    return single;
  }

  private static Arbitrary<String> repeated(Arbitrary<String> single, int least, int most) {
    return single.list().ofMinSize(least).ofMaxSize(most).map(texts -> String.join("", texts));
  }

  private int number() {
    int start = at;
    while (at < pattern.length() && Character.isDigit(pattern.charAt(at))) {
      at++;
    }
    if (start == at) {
      throw unknown();
    }
    return Integer.parseInt(pattern.substring(start, at));
  }

  private boolean next(char c) {
    boolean is = at < pattern.length() && pattern.charAt(at) == c;
    if (is) {
      at++;
    }
    return is;
  }

  private void require(char c) {
    if (!next(c)) {
      throw unknown();
    }
  }

  private IllegalArgumentException unknown() {
    return new IllegalArgumentException("not read at " + at + ": " + pattern);
  }
}
