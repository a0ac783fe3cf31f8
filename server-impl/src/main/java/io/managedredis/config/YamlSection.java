package io.managedredis.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * One mapping of the file, which keeps its lines and collects what is wrong with it instead of
 * stopping at the first.
 */
final class YamlSection {

  /** What is wrong, and on which line. */
  record Problem(int line, String what) {}

  /** A value with the line that it stands on. */
  record Value(String path, int line, Node node) {}

  private static final String INLINE =
      " (no password stands in the configuration: put it into a file of its own and name that in"
          + " passwordFile, or name an environment variable in passwordEnv)";

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private final String path;
  private final int line;
  private final List<Problem> problems;
  private final Map<String, Value> values = new LinkedHashMap<>();

  private YamlSection(String path, int line, List<Problem> problems) {
    this.path = path;
    this.line = line;
    this.problems = problems;
  }

  /**
   * Takes a mapping apart; a key that is not among the known ones, or stands there twice, is a
   * problem.
   */
  static YamlSection of(
      @Nullable Node node, String path, int line, Set<String> known, List<Problem> problems) {
    YamlSection section = new YamlSection(path, line, problems);
    if (node == null) {
      return section;
    }
    if (!(node instanceof MappingNode mapping)) {
      section.problem(
          line, (path.isEmpty() ? "the file" : path) + " must be a mapping of keys to values");
      return section;
    }
    for (NodeTuple tuple : mapping.getValue()) {
      int at = lineOf(tuple.getKeyNode());
      String key = tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "?";
      String full = path.isEmpty() ? key : path + "." + key;
      if (!known.contains(key)) {
        section.problem(
            at,
            "unknown key "
                + full
                + (key.equals("password") && known.contains("passwordFile") ? INLINE : "")
                + "; known here: "
                + String.join(", ", known));
      } else if (section.values.containsKey(key)) {
        section.problem(at, full + " is there twice");
      } else {
        section.values.put(key, new Value(full, at, tuple.getValueNode()));
      }
    }
    return section;
  }

  boolean has(String key) {
    return values.containsKey(key);
  }

  int line() {
    return line;
  }

  /** The line of a key, or of the section where the key is missing. */
  int line(String key) {
    Value value = values.get(key);
    return value == null ? line : value.line();
  }

  String path(String key) {
    return path.isEmpty() ? key : path + "." + key;
  }

  void problem(int at, String what) {
    problems.add(new Problem(at, what));
  }

  /** A text or number as it is written; a problem when it is something else. */
  Optional<String> text(String key) {
    Value value = values.get(key);
    return value == null ? Optional.empty() : scalar(value);
  }

  /** Like {@link #text}, and a problem when the key is missing. */
  Optional<String> requiredText(String key) {
    if (!has(key)) {
      problem(line, path(key) + " is missing");
    }
    return text(key);
  }

  /** Like {@link #text}, and a problem when nothing but white space is in it. */
  Optional<String> filledText(String key) {
    Optional<String> text = text(key);
    if (text.isPresent() && text.get().isBlank()) {
      problem(line(key), path(key) + " is empty");
      return Optional.empty();
    }
    return text;
  }

  /** Like {@link #filledText}, and a problem when the key is missing. */
  Optional<String> requiredFilledText(String key) {
    if (!has(key)) {
      problem(line, path(key) + " is missing");
    }
    return filledText(key);
  }

  /** A list of texts; a problem for each element that is none. */
  List<Value> list(String key) {
    Value value = values.get(key);
    List<Value> elements = new ArrayList<>();
    if (value != null) {
      if (value.node() instanceof SequenceNode sequence) {
        for (Node element : sequence.getValue()) {
          elements.add(
              new Value(value.path() + "[" + elements.size() + "]", lineOf(element), element));
        }
      } else {
        problem(value.line(), value.path() + " must be a list");
      }
    }
    return elements;
  }

  /** Like {@link #list}, and a problem when nothing is in it. */
  List<Value> filledList(String key) {
    Value value = values.get(key);
    if (value != null
        && value.node() instanceof SequenceNode sequence
        && sequence.getValue().isEmpty()) {
      problem(value.line(), value.path() + " is empty");
    }
    return list(key);
  }

  /** The text of a value; a problem when it is none. */
  Optional<String> scalar(Value value) {
    if (value.node() instanceof ScalarNode scalar && !scalar.getTag().equals(Tag.NULL)) {
      return Optional.of(scalar.getValue());
    }
    problem(value.line(), value.path() + " must be a single value");
    return Optional.empty();
  }

  /** The mapping under a key; an empty one when the key is missing. */
  YamlSection section(String key, Set<String> known) {
    Value value = values.get(key);
    return value == null
        ? new YamlSection(path(key), line, problems)
        : of(value.node(), value.path(), value.line(), known, problems);
  }

  /** The mapping that an element of a list is. */
  YamlSection section(Value value, Set<String> known) {
    return of(value.node(), value.path(), value.line(), known, problems);
  }

  /** A path, relative to the folder of the file; a problem when it is none. */
  Optional<Path> file(String key, Path folder) {
    return resolved(key, text(key), folder);
  }

  /** Like {@link #file}, and a problem when no name is in it: that would be the folder. */
  Optional<Path> namedFile(String key, Path folder) {
    return resolved(key, filledText(key), folder);
  }

  private Optional<Path> resolved(String key, Optional<String> name, Path folder) {
    try {
      return name.map(folder::resolve);
    } catch (InvalidPathException e) {
      problem(line(key), path(key) + " is no path: " + e.getReason());
      return Optional.empty();
    }
  }

  /** A whole number of that range; a problem when it is something else. */
  int number(String key, int least, int most, int otherwise) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    if (text.get().matches("[0-9]{1,9}")) {
      int number = Integer.parseInt(text.get());
      if (number >= least && number <= most) {
        return number;
      }
    }
    problem(
        line(key), path(key) + " must be from " + least + " to " + most + ", not " + text.get());
    return otherwise;
  }

  /** {@code true} or {@code false}; a problem when it is something else. */
  boolean flag(String key, boolean otherwise) {
    Optional<String> text = text(key);
    if (text.isPresent() && !text.get().equals("true") && !text.get().equals("false")) {
      problem(line(key), path(key) + " must be true or false, not " + text.get());
    }
    return text.map(Boolean::parseBoolean).orElse(otherwise);
  }

  /** A duration of at most a week; a problem when it is something else. */
  Duration duration(String key, Duration otherwise) {
    Optional<String> text = text(key);
    if (text.isEmpty()) {
      return otherwise;
    }
    Matcher matcher = DURATION.matcher(text.get());
    if (matcher.matches()) {
      long count = Long.parseLong(matcher.group(1));
      Duration duration =
          switch (matcher.group(2)) {
            case "ms" -> Duration.ofMillis(count);
            case "s" -> Duration.ofSeconds(count);
            case "m" -> Duration.ofMinutes(count);
            default -> Duration.ofHours(count);
          };
      if (!duration.isZero() && duration.compareTo(Duration.ofDays(7)) <= 0) {
        return duration;
      }
    }
    problem(
        line(key),
        path(key)
            + " must be a duration up to 168h such as 500ms, 30s, 10m or 6h, not "
            + text.get());
    return otherwise;
  }

  /** A required text of that shape; a problem and an empty text otherwise. */
  String matching(String key, Pattern pattern, String shape) {
    Optional<String> text = requiredText(key);
    if (text.isPresent() && !pattern.matcher(text.get()).matches()) {
      problem(line(key), path(key) + " must be " + shape + ", not \"" + text.get() + "\"");
      return "";
    }
    return text.orElse("");
  }

  private static int lineOf(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(1);
  }
}
