package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/** Limits on everything, wherever it stands, and nothing that generators disagree about. */
final class SchemaRules {

  private static final Pattern UPPER_SNAKE = Pattern.compile("[A-Z][A-Z0-9]*(_[A-Z0-9]+)*");
  private static final List<String> FORMATS =
      List.of("date-time", "uuid", "int32", "int64", "binary");
  private static final List<String> REFUSED =
      List.of("nullable", "readOnly", "writeOnly", "not", "anyOf", "example");

  private final Lint lint;

  SchemaRules(Lint lint) {
    this.lint = lint;
  }

  void check() {
    for (Map.Entry<String, JsonNode> schema : lint.components("schemas").properties()) {
      String where = "schemas " + schema.getKey();
      lint.require(
          !schema.getValue().path("type").asText().equals("array"),
          where,
          "is no array, which could never get another field");
      check(where, schema.getValue(), Place.JSON);
    }
    for (Map.Entry<String, JsonNode> parameter : lint.components("parameters").properties()) {
      String where = "parameters " + parameter.getKey();
      JsonNode schema = parameter.getValue().path("schema");
      lint.require(isScalar(schema), where, "has one value");
      check(where, schema, Place.PARAMETER);
    }
    for (Map.Entry<String, JsonNode> header : lint.components("headers").properties()) {
      check("headers " + header.getKey(), header.getValue().path("schema"), Place.HEADER);
    }
    for (Lint.Written operation : lint.operations()) {
      checkBodies(operation);
    }
  }

  /** What stands in bodies itself, instead of in a component. */
  private void checkBodies(Lint.Written operation) {
    for (JsonNode written : operation.node().path("responses")) {
      for (JsonNode type : lint.contract().resolved(written).path("content")) {
        check(operation.name() + " body", type.path("schema"), Place.BODY);
      }
    }
    for (JsonNode type :
        lint.contract().resolved(operation.node().path("requestBody")).path("content")) {
      lint.require(
          type.path("schema").has("$ref"), operation.name(), "has its body's schema as component");
    }
  }

  /** Where a schema stands, which decides on what it may be. */
  private enum Place {
    /** In a component: part of a JSON body. */
    JSON,
    PARAMETER,
    HEADER,
    /** Directly in an answer. */
    BODY
  }

  private void check(String where, JsonNode schema, Place place) {
    if (schema.has("$ref")) {
      return;
    }
    for (String word : REFUSED) {
      lint.require(!schema.has(word), where, "does not use " + word);
    }
    if (schema.has("allOf")) {
      // The way of OpenAPI 3.0 to say something about a reference.
      lint.require(
          schema.path("allOf").size() == 1 && schema.path("allOf").path(0).has("$ref"),
          where,
          "uses allOf for one reference only");
      return;
    }
    if (schema.has("oneOf")) {
      for (JsonNode variant : schema.path("oneOf")) {
        lint.require(variant.has("$ref"), where, "has its variants as components");
      }
      return;
    }
    if (schema.has("format")) {
      lint.require(
          FORMATS.contains(schema.path("format").asText()), where, "has a format of " + FORMATS);
    }
    switch (schema.path("type").asText()) {
      case "string" -> checkString(where, schema, place);
      case "integer" -> checkInteger(where, schema, place);
      case "array" -> checkArray(where, schema, place);
      case "object" -> checkObject(where, schema);
      case "boolean" -> {}
      default -> lint.require(false, where, "has a type: string, integer, boolean, array, object");
    }
  }

  private void checkString(String where, JsonNode schema, Place place) {
    boolean isBytes = place == Place.BODY && schema.path("format").asText().equals("binary");
    lint.require(
        isBytes
            || schema.has("maxLength")
            || schema.has("enum")
            || schema.path("format").asText().equals("date-time"),
        where,
        "has a maxLength, an enum or the format date-time");
    String pattern = schema.path("pattern").asText("^$");
    lint.require(
        pattern.startsWith("^") && pattern.endsWith("$"), where, "has a pattern from ^ to $");
    for (JsonNode value : schema.path("enum")) {
      // What HTTP itself says in a header is spelt as HTTP does.
      lint.require(
          place == Place.HEADER || UPPER_SNAKE.matcher(value.asText()).matches(),
          where,
          "has enum values in UPPER_SNAKE");
    }
  }

  private void checkInteger(String where, JsonNode schema, Place place) {
    lint.require(
        schema.has("minimum") && schema.has("maximum"), where, "has a minimum and a maximum");
    String format = schema.path("format").asText();
    lint.require(format.startsWith("int"), where, "has the format int32 or int64");
    lint.require(
        place != Place.JSON || !format.equals("int64"),
        where,
        "is a decimal string, as JSON numbers of 64 bits get lost");
  }

  private void checkArray(String where, JsonNode schema, Place place) {
    lint.require(schema.has("maxItems"), where, "has a maxItems");
    JsonNode items = schema.path("items");
    lint.require(items.has("$ref") || isScalar(items), where, "has its items as a component");
    check(where + "[]", items, place);
  }

  private void checkObject(String where, JsonNode schema) {
    for (Map.Entry<String, JsonNode> property : schema.path("properties").properties()) {
      String name = where + "." + property.getKey();
      JsonNode written = property.getValue();
      lint.require(
          !lint.contract().resolved(written).path("description").asText().isBlank(),
          name,
          "is described");
      lint.require(
          !written.path("type").asText().equals("object") && !written.has("enum"),
          name,
          "has its schema as a component");
      check(name, written, Place.JSON);
    }
    for (JsonNode required : schema.path("required")) {
      lint.require(
          schema.path("properties").has(required.asText()),
          where,
          "requires only what it has, not " + required.asText());
    }
  }

  private static boolean isScalar(JsonNode schema) {
    return Set.of("string", "integer", "boolean").contains(schema.path("type").asText());
  }
}
