package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Wording;
import java.util.Set;
import java.util.TreeSet;

/**
 * What an answer and its example have in common: the same properties of the same types, the same
 * words for people, and the same values where a value says what has happened. Entries of a list
 * count together, as an example shows fewer of them.
 */
final class Shape {

  /** The values that say which situation it is. */
  private static final Set<String> TELLING =
      Set.of("@type", "code", "field", "done", "damaged", "outcome", "status", "health", "sharded");

  /** The texts for people, in which only ids, addresses and numbers may differ. */
  private static final Set<String> TEXTS = Set.of("message", "description", "detail");

  private final Set<String> lines = new TreeSet<>();

  private Shape() {}

  /** A line for each property, and for each value that counts. */
  static Set<String> of(JsonNode body) {
    Shape shape = new Shape();
    shape.add("", "", body);
    return shape.lines;
  }

  private void add(String path, String name, JsonNode node) {
    String value =
        TELLING.contains(name)
            ? " = " + node.asText()
            : TEXTS.contains(name) ? " = " + Wording.of(node.asText()) : "";
    lines.add(path + " " + node.getNodeType() + value);
    node.fields().forEachRemaining(f -> add(path + "/" + f.getKey(), f.getKey(), f.getValue()));
    if (node.isArray()) {
      node.forEach(entry -> add(path + "[]", "", entry));
    }
  }
}
