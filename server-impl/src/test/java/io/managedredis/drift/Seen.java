package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What a test sees of the server: it can only notice a drift of that. */
final class Seen {

  /** A parameter in the query that the operation does not have. */
  static final String UNDECLARED = "with an undeclared parameter";

  private Seen() {}

  /** Names an answer of an operation, or with a place what stands there; 0 is any status. */
  static String of(String operation, int status, String place) {
    return operation + " " + status + " " + place;
  }

  static Set<String> in(String operation, Outgoing answer) {
    Set<String> places = new LinkedHashSet<>();
    places.add("");
    answer.body().ifPresent(body -> collect(body, "", places));
    Set<String> seen = new LinkedHashSet<>();
    seen.add(of(operation, 0, ""));
    places.forEach(place -> seen.add(of(operation, answer.status(), place)));
    return seen;
  }

  /** What was asked with: each parameter, how long its value is, whether it fits. */
  static Set<String> in(DeclaredOperation operation, Incoming request) {
    Set<String> seen = new LinkedHashSet<>();
    for (Parameter parameter : operation.parameters()) {
      List<String> values = request.values(operation, parameter);
      List<String> asked = new ArrayList<>();
      if (values.isEmpty()) {
        asked.add(absent(parameter));
      } else {
        asked.add(sent(parameter));
        asked.add(values.size() > 1 ? twice(parameter) : value(parameter, values.get(0)));
        asked.add(length(parameter, values.get(0).length()));
        if (!fits(parameter, values.get(0))) {
          asked.add(misshapen(parameter));
        }
      }
      asked.forEach(what -> seen.add(of(operation.id(), 0, what)));
    }
    Set<String> names = new LinkedHashSet<>();
    request.query().forEach(pair -> names.add(pair.getKey()));
    operation.parameters().forEach(parameter -> names.remove(parameter.name()));
    if (!names.isEmpty()) {
      seen.add(of(operation.id(), 0, UNDECLARED));
    }
    return seen;
  }

  static String absent(Parameter parameter) {
    return "without " + parameter.name();
  }

  static String sent(Parameter parameter) {
    return "with " + parameter.name();
  }

  static String twice(Parameter parameter) {
    return "with " + parameter.name() + " twice";
  }

  static String value(Parameter parameter, String value) {
    return "with " + parameter.name() + " = " + value;
  }

  static String length(Parameter parameter, int length) {
    return "with " + parameter.name() + " of " + length;
  }

  static String misshapen(Parameter parameter) {
    return "with " + parameter.name() + " misshapen";
  }

  /** Whether it has the type or the pattern that the contract wants. */
  static boolean fits(Parameter parameter, String value) {
    return parameter.schema().path("type").asText().equals("integer")
        ? value.matches("-?[0-9]+")
        : Samples.fits(parameter.schema(), value);
  }

  private static void collect(JsonNode node, String place, Set<String> places) {
    if (!place.isEmpty()) {
      places.add(place);
    }
    node.properties()
        .forEach(field -> collect(field.getValue(), place + "/" + field.getKey(), places));
    if (node.isArray()) {
      node.forEach(element -> collect(element, place + "/*", places));
    }
  }
}
