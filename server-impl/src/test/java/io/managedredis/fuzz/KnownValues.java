package io.managedredis.fuzz;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Values that the server has shown, for the parameters that take them: the ids of what exists, the
 * tokens of pages. Which field fits which parameter follows from their names and from the schema,
 * so a new operation needs nothing here.
 */
final class KnownValues {

  private static final int MOST = 50;

  private final Map<String, Set<String>> byField = new LinkedHashMap<>();

  /**
   * Takes in all texts of an answer.
   *
   * @param of what it is of: the id of a {@code Backup} is a {@code backupId}
   */
  void learn(String of, JsonNode answer) {
    for (Map.Entry<String, JsonNode> field : answer.properties()) {
      String one = singular(field.getKey());
      if (field.getValue().isTextual()) {
        learn(one, field.getValue().asText());
        learn(of + one, field.getValue().asText());
      }
      for (JsonNode element : field.getValue()) {
        if (element.isTextual()) {
          learn(one, element.asText());
        } else if (field.getValue().isArray()) {
          learn(one, element);
        }
      }
      if (field.getValue().isObject()) {
        learn(one, field.getValue());
      }
    }
  }

  private static String singular(String name) {
    return name.endsWith("s") ? name.substring(0, name.length() - 1) : name;
  }

  /** Takes in one value. */
  void learn(String field, String value) {
    Set<String> values =
        byField.computeIfAbsent(field.toLowerCase(Locale.ROOT), name -> new LinkedHashSet<>());
    values.remove(value);
    values.add(value);
    if (values.size() > MOST) {
      values.remove(values.iterator().next());
    }
  }

  /** Leaves out what is no longer there, until the server shows it again. */
  void forget(String value) {
    byField.values().forEach(values -> values.remove(value));
  }

  /** One that fits the parameter; empty when none is known. */
  Optional<String> of(Parameter parameter, int index) {
    String name = parameter.name().toLowerCase(Locale.ROOT);
    String pattern = parameter.schema().path("pattern").asText("(?s).*");
    List<String> fitting = new ArrayList<>();
    byField.forEach(
        (field, values) -> {
          // nextPageToken for pageToken, sourceClusterId for clusterId.
          if (field.endsWith(name)) {
            values.stream().filter(value -> Pattern.matches(pattern, value)).forEach(fitting::add);
          }
        });
    return fitting.isEmpty()
        ? Optional.empty()
        : Optional.of(fitting.get(Math.floorMod(index, fitting.size())));
  }
}
