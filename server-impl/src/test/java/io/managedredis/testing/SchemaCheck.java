package io.managedredis.testing;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Holds a value against a schema of the contract, more strictly than a validator of JSON Schema
 * does: what is not declared is not there, an instant is in UTC and in its canonical form, and a
 * keyword that nobody here knows is an error instead of ignored.
 */
final class SchemaCheck {

  /** RFC 3339 as the contract narrows it: UTC, and 0, 3, 6 or 9 digits of a fraction. */
  private static final Pattern INSTANT =
      Pattern.compile(
          "(?!0000)[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
              + "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.([0-9]{3}){1,3})?Z");

  private static final Pattern UUID =
      Pattern.compile("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}");

  private static final Set<String> SAY_NOTHING_OF_A_VALUE =
      Set.of("description", "x-extension", "x-unanswered", "default", "example", "title");

  private final Contract contract;
  private final List<String> wrong = new ArrayList<>();

  private SchemaCheck(Contract contract) {
    this.contract = contract;
  }

  /** All that is wrong with a value; empty when it is what the schema says. */
  static List<String> violations(Contract contract, JsonNode schema, JsonNode value, String name) {
    SchemaCheck check = new SchemaCheck(contract);
    check.value(contract.resolved(schema), value, name);
    return check.wrong;
  }

  private void value(JsonNode schema, JsonNode value, String path) {
    String type = schema.path("type").asText();
    if (!hasType(type, value)) {
      wrong.add(path + " must be of type " + type + ", not " + value);
      return;
    }
    schema
        .fieldNames()
        .forEachRemaining(keyword -> keyword(keyword, schema.path(keyword), value, path));
    if (type.equals("object")) {
      value
          .fieldNames()
          .forEachRemaining(
              name -> {
                if (!schema.path("properties").has(name)) {
                  wrong.add(path + "." + name + " is not declared");
                }
              });
    }
  }

  private static boolean hasType(String type, JsonNode value) {
    return switch (type) {
      case "object" -> value.isObject();
      case "array" -> value.isArray();
      case "string" -> value.isTextual();
      case "integer" -> value.isIntegralNumber();
      case "boolean" -> value.isBoolean();
      default -> throw new IllegalStateException("a schema of the type " + type);
    };
  }

  private void keyword(String keyword, JsonNode limit, JsonNode value, String path) {
    switch (keyword) {
      case "type" -> {}
      case "properties" ->
          limit
              .fields()
              .forEachRemaining(
                  property -> {
                    if (value.has(property.getKey())) {
                      value(
                          contract.resolved(property.getValue()),
                          value.path(property.getKey()),
                          path + "." + property.getKey());
                    }
                  });
      case "required" ->
          limit.forEach(
              name -> require(value.has(name.asText()), path + "." + name.asText(), "is missing"));
      case "items" -> {
        for (int i = 0; i < value.size(); i++) {
          value(contract.resolved(limit), value.get(i), path + "[" + i + "]");
        }
      }
      case "maxItems" ->
          require(value.size() <= limit.asInt(), path, "has more entries than " + limit);
      case "minItems" ->
          require(value.size() >= limit.asInt(), path, "has fewer entries than " + limit);
      case "minLength" ->
          require(length(value) >= limit.asInt(), path, "is shorter than " + limit + ": " + value);
      case "maxLength" ->
          require(length(value) <= limit.asInt(), path, "is longer than " + limit + ": " + value);
      case "pattern" ->
          require(
              Pattern.compile(limit.asText()).matcher(value.asText()).find(),
              path,
              "does not match " + limit + ": " + value);
      case "enum" -> {
        boolean known = false;
        for (JsonNode one : limit) {
          known |= one.equals(value);
        }
        require(known, path, "is none of " + limit + ": " + value);
      }
      case "minimum" ->
          require(
              value.bigIntegerValue().compareTo(limit.bigIntegerValue()) >= 0,
              path,
              "is less than " + limit + ": " + value);
      case "maximum" ->
          require(
              value.bigIntegerValue().compareTo(limit.bigIntegerValue()) <= 0,
              path,
              "is more than " + limit + ": " + value);
      case "format" -> format(limit.asText(), value, path);
      default ->
          require(SAY_NOTHING_OF_A_VALUE.contains(keyword), path, "has the keyword " + keyword);
    }
  }

  private void format(String format, JsonNode value, String path) {
    String text = value.asText();
    boolean fits =
        switch (format) {
          case "date-time" -> INSTANT.matcher(text).matches();
          case "uuid" -> UUID.matcher(text).matches();
          case "int32" -> value.canConvertToInt();
          // In a body such a number is a string, so that no reader of JSON rounds it.
          case "int64" -> text.matches("-?[0-9]{1,19}") && new BigInteger(text).bitLength() < 64;
          case "binary" -> true;
          default -> throw new IllegalStateException("the contract has the format " + format);
        };
    require(fits, path, "is no " + format + ": " + value);
  }

  private void require(boolean holds, String path, String otherwise) {
    if (!holds) {
      wrong.add(path + " " + otherwise);
    }
  }

  private static int length(JsonNode value) {
    return value.asText().codePointCount(0, value.asText().length());
  }
}
