package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.managedredis.testing.Contract;
import java.util.List;
import java.util.stream.Stream;

/** Values that a schema allows. */
final class Samples {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  /** Among these is one for every pattern of the contract. */
  private static final List<String> TEXTS =
      List.of(
          "a",
          "0",
          "0s",
          "a:b",
          "REDIS0011",
          "type.googleapis.com/google.protobuf.Empty",
          "a".repeat(16),
          "a".repeat(20),
          "0f6cbd5e-6f2f-4f0e-9a70-3c1c9f1f5d11",
          "a".repeat(40),
          "a".repeat(64));

  private Samples() {}

  /** A value with all properties, each array with one element. */
  static JsonNode of(Contract contract, JsonNode reference) {
    JsonNode schema = contract.resolved(reference);
    return switch (schema.path("type").asText()) {
      case "object" -> {
        ObjectNode object = JSON.objectNode();
        schema
            .path("properties")
            .fields()
            .forEachRemaining(
                property -> object.set(property.getKey(), of(contract, property.getValue())));
        yield object;
      }
      case "array" -> JSON.arrayNode().add(of(contract, schema.path("items")));
      case "boolean" -> JSON.booleanNode(true);
      case "integer" -> JSON.numberNode(schema.path("minimum").asInt());
      default -> JSON.textNode(text(schema));
    };
  }

  /**
   * A text that the schema allows.
   *
   * @throws IllegalStateException when none is known; add one here then
   */
  static String text(JsonNode schema) {
    if (schema.has("enum")) {
      return schema.path("enum").path(0).asText();
    }
    if (schema.path("format").asText().equals("date-time")) {
      return "2026-11-22T03:15:41.208Z";
    }
    return Stream.concat(Stream.of("a".repeat(schema.path("minLength").asInt())), TEXTS.stream())
        .filter(text -> !text.isEmpty() && allows(schema, text))
        .findFirst()
        .orElseThrow(() -> new IllegalStateException("no sample is known for " + schema));
  }

  /** Whether the limits and the pattern let this text through. */
  static boolean allows(JsonNode schema, String text) {
    return text.length() >= schema.path("minLength").asInt()
        && text.length() <= schema.path("maxLength").asInt(Integer.MAX_VALUE)
        && fits(schema, text);
  }

  /** Whether the pattern, if there is one, lets this text through. */
  static boolean fits(JsonNode schema, String text) {
    return !schema.has("pattern") || text.matches(schema.path("pattern").asText());
  }
}
