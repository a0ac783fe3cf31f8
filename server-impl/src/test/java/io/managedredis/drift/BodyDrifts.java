package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** Bodies that leave their schema, at each place that the schema has. */
final class BodyDrifts {

  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private final Contract contract;
  private final DeclaredOperation operation;
  private final int status;
  private final JsonNode root;
  private final List<Drift> drifts = new ArrayList<>();

  /** The places that have their control. */
  private final Set<String> controls = new HashSet<>();

  private BodyDrifts(Contract contract, DeclaredOperation operation, int status, JsonNode root) {
    this.contract = contract;
    this.operation = operation;
    this.status = status;
    this.root = root;
  }

  static List<Drift> of(Contract contract) {
    List<Drift> all = new ArrayList<>();
    for (DeclaredOperation operation : contract.operations()) {
      operation
          .responses()
          .forEach(
              (status, response) -> {
                JsonNode schema = response.at("/content/application~1json/schema");
                if (!schema.isMissingNode()) {
                  BodyDrifts of = new BodyDrifts(contract, operation, status, schema);
                  of.walk(Place.ROOT, contract.resolved(schema));
                  all.addAll(of.drifts);
                }
              });
    }
    return all;
  }

  private void walk(Place place, JsonNode schema) {
    switch (schema.path("type").asText()) {
      case "object" -> object(place, schema);
      case "array" -> array(place, schema);
      case "integer" -> integer(place, schema);
      case "boolean" -> wrongType(place, value -> JSON.textNode(value.asText()), "a string");
      default -> text(place, schema);
    }
  }

  private void object(Place place, JsonNode schema) {
    if (place.isRoot()) {
      rootChange("extra property", "an undeclared property", body -> body.put("undeclared", "x"));
    } else {
      change(
          "extra property",
          place,
          "an undeclared property in it",
          slot -> {
            if (!(slot.value().orElse(null) instanceof ObjectNode object)) {
              return false;
            }
            object.put("undeclared", "x");
            return true;
          });
      wrongType(place, value -> JSON.textNode("x"), "a string instead of an object");
    }
    List<String> required = new ArrayList<>();
    schema.path("required").forEach(name -> required.add(name.asText()));
    schema
        .path("properties")
        .fields()
        .forEachRemaining(
            property -> {
              Place child = place.property(property.getKey());
              if (required.contains(property.getKey())) {
                change(
                    "required property lost",
                    child,
                    "is missing",
                    slot -> {
                      boolean there = slot.value().isPresent();
                      slot.drop();
                      return there;
                    });
              }
              orAbsent(
                  "null",
                  child,
                  "is null",
                  slot -> {
                    slot.set(JSON.nullNode());
                    return true;
                  });
              walk(child, contract.resolved(property.getValue()));
            });
  }

  private void array(Place place, JsonNode schema) {
    wrongType(place, value -> JSON.objectNode(), "an object instead of an array");
    orAbsent(
        "null",
        place,
        "holds a null",
        slot -> {
          slot.set(JSON.arrayNode().addNull());
          return true;
        });
    int most = schema.path("maxItems").asInt();
    value(
        "limit of a value",
        place,
        "has " + (most + 1) + " elements",
        value -> {
          if (value.isEmpty()) {
            return Optional.empty();
          }
          ArrayNode many = JSON.arrayNode();
          for (int i = 0; i <= most; i++) {
            many.add(value.get(value.size() - 1));
          }
          return Optional.of(many);
        });
    walk(place.elements(), contract.resolved(schema.path("items")));
  }

  private void integer(Place place, JsonNode schema) {
    wrongType(place, value -> JSON.textNode(value.asText()), "a string instead of a number");
    wrongType(place, value -> JSON.numberNode(value.asInt() + 0.5), "a fraction");
    long least = schema.path("minimum").asLong();
    long most = schema.path("maximum").asLong();
    replace("limit of a value", place, "is below " + least, JSON.numberNode(least - 1));
    if (most < Long.MAX_VALUE) {
      replace("limit of a value", place, "is above " + most, JSON.numberNode(most + 1));
    }
  }

  private void text(Place place, JsonNode schema) {
    boolean isNumber = schema.path("format").asText().equals("int64");
    wrongType(
        place,
        value -> JSON.numberNode(isNumber ? value.asLong() : 5),
        "a number instead of a string");
    if (schema.has("enum")) {
      replace("unknown enum value", place, "is no value of the enum", JSON.textNode("UNDECLARED"));
      value(
          "unknown enum value",
          place,
          "is in small letters",
          value -> Optional.of(JSON.textNode(value.asText().toLowerCase(Locale.ROOT))));
    }
    if (schema.path("format").asText().equals("date-time")) {
      instant(place);
    }
    if (schema.has("maxLength")) {
      int most = schema.path("maxLength").asInt();
      value(
          "limit of a value",
          place,
          "has " + (most + 1) + " characters",
          value -> Optional.of(JSON.textNode(longer(schema, value.asText(), most + 1))));
    }
    int least = schema.path("minLength").asInt();
    if (least > 0) {
      value(
          "limit of a value",
          place,
          "has " + (least - 1) + " characters",
          value ->
              Optional.of(
                  JSON.textNode(
                      value.asText().substring(0, Math.min(least - 1, value.asText().length())))));
    }
    if (schema.has("pattern")) {
      value(
          "off its pattern",
          place,
          "does not match " + schema.path("pattern").asText(),
          value -> offPattern(schema, value.asText()).map(JSON::textNode));
    }
  }

  /** Where the pattern allows it, a text that is too long and nothing else. */
  private static String longer(JsonNode schema, String text, int length) {
    for (String end : List.of("a", "0", "x")) {
      String longer = text + end.repeat(length - Math.min(length, text.length()));
      if (Samples.fits(schema, longer)) {
        return longer;
      }
    }
    return text + "x".repeat(length - Math.min(length, text.length()));
  }

  /** Off the pattern, but as long as the text was. */
  private static Optional<String> offPattern(JsonNode schema, String text) {
    String off = text.isEmpty() ? "!" : text.substring(0, text.length() - 1) + "!";
    return Samples.fits(schema, off) ? Optional.empty() : Optional.of(off);
  }

  private void instant(Place place) {
    instant(place, "has no zone", text -> text.replaceFirst("Z$", ""));
    instant(place, "has +00:00 instead of Z", text -> text.replaceFirst("Z$", "+00:00"));
    instant(
        place,
        "is not in UTC",
        text -> {
          OffsetDateTime there =
              OffsetDateTime.parse(text).withOffsetSameInstant(ZoneOffset.ofHours(3));
          return there.toString();
        });
    instant(
        place, "has one digit of a fraction", text -> text.replaceFirst("(\\.[0-9]+)?Z$", ".5Z"));
    instant(place, "has a space instead of T", text -> text.replace('T', ' '));
    instant(place, "is a date alone", text -> text.replaceFirst("T.*", ""));
  }

  private void instant(Place place, String words, Function<String, String> change) {
    value(
        "instant",
        place,
        words,
        value -> {
          // At the ends of the range another offset is another year.
          boolean inside = value.asText().matches("[12][0-9]{3}-.*Z");
          return inside
              ? Optional.of(JSON.textNode(change.apply(value.asText())))
              : Optional.empty();
        });
  }

  private void wrongType(Place place, Function<JsonNode, JsonNode> change, String words) {
    value("wrong type", place, "is " + words, value -> Optional.of(change.apply(value)));
  }

  private void replace(String family, Place place, String words, JsonNode replacement) {
    value(family, place, words, value -> Optional.of(replacement));
  }

  private void value(
      String family, Place place, String words, Function<JsonNode, Optional<JsonNode>> change) {
    change(
        family,
        place,
        words,
        slot -> {
          Optional<JsonNode> changed = slot.value().flatMap(change);
          changed.ifPresent(slot::set);
          return changed.isPresent();
        });
  }

  private void rootChange(String family, String words, Consumer<ObjectNode> change) {
    drifts.add(
        Drift.ofAnswers(
            family,
            operation.id(),
            status,
            words,
            Injection.ofAnswers(
                answer -> {
                  if (answer.body().orElse(null) instanceof ObjectNode object) {
                    change.accept(object);
                    answer.body(object);
                    return true;
                  }
                  return false;
                })));
  }

  /** A change of something that has to be there. */
  private void change(String family, Place place, String words, Predicate<Place.Slot> change) {
    add(family, place, place, words, change);
  }

  /** A change that needs nothing but the object around it. */
  private void orAbsent(String family, Place place, String words, Predicate<Place.Slot> change) {
    add(family, place, place.parent(), words, change);
  }

  private void add(
      String family, Place place, Place needed, String words, Predicate<Place.Slot> change) {
    String where = needed.isRoot() ? "" : needed.toString();
    String what = needed.equals(place) ? words : place.last() + " " + words;
    drifts.add(drift(family, where, what, false, body -> place.change(body, change)));
    if (!needed.isRoot()) {
      Consumer<JsonNode> plant = body -> plant(body, contract.resolved(root), needed.steps(), 0);
      if (controls.add(where)) {
        drifts.add(
            drift(
                Drift.CONTROL,
                where,
                Drift.CONTROL,
                true,
                body -> {
                  plant.accept(body);
                  return true;
                }));
      }
      drifts.add(
          drift(
              family,
              where,
              what,
              true,
              body -> {
                plant.accept(body);
                return place.change(body, change);
              }));
    }
  }

  private Drift drift(
      String family, String where, String words, boolean planted, Predicate<JsonNode> change) {
    Injection injection =
        new Injection() {
          @Override
          public boolean onAnswer(Outgoing answer) {
            Optional<JsonNode> body = answer.body();
            boolean changed = body.isPresent() && change.test(body.get());
            if (changed) {
              answer.body(body.get());
            }
            return changed;
          }
        };
    return new Drift(family, operation.id(), status, where, "", words, planted, () -> injection);
  }

  /** Puts samples where the way to the place has nothing. */
  private void plant(JsonNode node, JsonNode schema, List<String> steps, int depth) {
    if (depth == steps.size()) {
      return;
    }
    if (node instanceof ArrayNode array) {
      JsonNode items = contract.resolved(schema.path("items"));
      if (array.isEmpty()) {
        array.add(Samples.of(contract, items));
      }
      plant(array.get(array.size() - 1), items, steps, depth + 1);
    } else if (node instanceof ObjectNode object) {
      JsonNode property = contract.resolved(schema.path("properties").path(steps.get(depth)));
      if (!object.has(steps.get(depth))) {
        object.set(steps.get(depth), Samples.of(contract, property));
      }
      plant(object.get(steps.get(depth)), property, steps, depth + 1);
    }
  }
}
