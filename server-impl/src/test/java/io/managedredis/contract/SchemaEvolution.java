package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract;
import java.math.BigDecimal;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What a schema allows, then and now. A request must be allowed to be all that it was; an answer
 * must not become what it was not.
 */
final class SchemaEvolution {

  /** Which way the data goes. */
  enum Direction {
    REQUEST,
    ANSWER
  }

  private static final List<String> UPPER = List.of("maxLength", "maximum", "maxItems");
  private static final List<String> LOWER = List.of("minLength", "minimum", "minItems");
  private static final List<String> UNCHANGED =
      List.of(
          "default",
          "uniqueItems",
          "multipleOf",
          "exclusiveMinimum",
          "exclusiveMaximum",
          "additionalProperties",
          "discriminator");

  private final Contract released;
  private final Contract present;
  private final Direction direction;
  private final Evolution.Notes notes;
  private final Set<String> seen = new HashSet<>();

  SchemaEvolution(Contract released, Contract present, Direction direction, Evolution.Notes notes) {
    this.released = released;
    this.present = present;
    this.direction = direction;
    this.notes = notes;
  }

  private boolean isRequest() {
    return direction == Direction.REQUEST;
  }

  /** Notes what breaks; a component is told of under its own name. */
  void compare(String where, JsonNode writtenOld, JsonNode writtenNow) {
    String name = component(writtenOld);
    String nameNow = component(writtenNow);
    JsonNode old = released.resolved(writtenOld);
    JsonNode now = present.resolved(writtenNow);
    if (!name.equals(nameNow) && (hasClass(old) || hasClass(now))) {
      notes.add(
          where + " was " + shown(name) + " and is " + shown(nameNow),
          "whoever generates a client again gets another class",
          "keep the component");
      if (!nameNow.isEmpty()) {
        // What differs between two classes is no news.
        return;
      }
    }
    if (name.isEmpty()) {
      compareResolved(where, old, now);
    } else if (seen.add(name)) {
      compareResolved(name, old, now);
    }
  }

  /** The name of the schema component that this refers to; empty when it stands for itself. */
  private static String component(JsonNode written) {
    JsonNode reference = written.path("allOf").size() == 1 ? written.path("allOf").get(0) : written;
    return reference.path("$ref").asText().replaceFirst("#/components/schemas/", "");
  }

  private static String shown(String name) {
    return name.isEmpty() ? "of its own" : name;
  }

  private static boolean hasClass(JsonNode schema) {
    return schema.path("type").asText().equals("object")
        || schema.has("enum")
        || schema.has("oneOf");
  }

  private void compareResolved(String where, JsonNode old, JsonNode now) {
    boolean isOther = changed(where, "type", old, now);
    isOther |= changed(where, "format", old, now);
    if (isOther) {
      return;
    }
    for (String word : UNCHANGED) {
      changed(where, word, old, now);
    }
    compareEnum(where, old, now);
    UPPER.forEach(word -> compareLimit(where, word, old, now, 1));
    LOWER.forEach(word -> compareLimit(where, word, old, now, -1));
    comparePattern(where, old.path("pattern"), now.path("pattern"));
    compareNullable(where, old.path("nullable").asBoolean(), now.path("nullable").asBoolean());
    for (String word : List.of("oneOf", "anyOf", "allOf")) {
      compareVariants(where, word, old.path(word), now.path(word));
    }
    compareProperties(where, old, now);
    if (old.has("items") && now.has("items")) {
      compare(where + "[]", old.path("items"), now.path("items"));
    }
  }

  private boolean changed(String where, String word, JsonNode old, JsonNode now) {
    boolean changed = !old.path(word).equals(now.path(word));
    if (changed) {
      notes.add(
          where + ": " + word + " was " + told(old.path(word)) + " and is " + told(now.path(word)),
          word.equals("default")
              ? "callers that leave it out get something else than before"
              : isRequest()
                  ? "callers that send it as before may be refused or misread"
                  : "whoever reads it may fail, and a client that is generated again differs",
          "keep it as it was, and add another one beside it");
    }
    return changed;
  }

  private void compareEnum(String where, JsonNode old, JsonNode now) {
    if (old.has("enum") != now.has("enum")) {
      notes.add(
          where + (old.has("enum") ? " is no enum any more" : " is an enum now"),
          "whoever generates a client again gets another type",
          "keep it as it was, and add another one beside it");
      return;
    }
    for (JsonNode value : old.path("enum")) {
      if (!contains(now.path("enum"), value)) {
        notes.add(
            where + ": the value " + value.asText() + " is gone",
            isRequest()
                ? "callers that send it get 400"
                : "code that names it no longer compiles with a client that is generated again",
            isRequest() ? "go on taking it" : "leave it declared, even if it is never answered");
      }
    }
    // One more in an answer is read as unknown: the contract announces it.
  }

  /**
   * @param sign 1 for an upper limit, -1 for a lower one
   */
  private void compareLimit(String where, String word, JsonNode old, JsonNode now, int sign) {
    int widened = sign * limit(now, word, sign).compareTo(limit(old, word, sign));
    if (isRequest() ? widened < 0 : widened > 0) {
      notes.add(
          where + ": " + word + " was " + told(old.path(word)) + " and is " + told(now.path(word)),
          isRequest()
              ? "callers whose value was within it get 400"
              : "whoever relies on it, with a column or a field of that size, meets more",
          isRequest() ? "leave the limit as wide as it was" : "stay within the released limit");
    }
  }

  private static BigDecimal limit(JsonNode schema, String word, int sign) {
    boolean counts = word.endsWith("Length") || word.endsWith("Items");
    return schema.has(word)
        ? schema.path(word).decimalValue()
        : sign < 0 && counts
            ? BigDecimal.ZERO
            : BigDecimal.TEN.pow(30).multiply(BigDecimal.valueOf(sign));
  }

  /** Which of two patterns allows more can't be told in general, so a changed one breaks. */
  private void comparePattern(String where, JsonNode old, JsonNode now) {
    boolean widerOrSame = old.equals(now) || (isRequest() ? now : old).isMissingNode();
    if (!widerOrSame) {
      notes.add(
          where + ": pattern was " + told(old) + " and is " + told(now),
          isRequest()
              ? "callers whose value the new one does not match get 400"
              : "whoever relies on the shape may meet another one",
          isRequest()
              ? "leave the pattern; if the new one matches all that the old one did, say so in the"
                  + " list of allowed breaks"
              : "leave the pattern");
    }
  }

  private void compareNullable(String where, boolean old, boolean now) {
    if (isRequest() ? old && !now : now && !old) {
      notes.add(
          where + (now ? " may be null now" : " may no longer be null"),
          isRequest() ? "callers that send null get 400" : "whoever reads it meets null",
          "leave it as it was");
    }
  }

  private void compareVariants(String where, String word, JsonNode old, JsonNode now) {
    if (old.size() == 1 && now.size() == 1 && word.equals("allOf")) {
      // The way of OpenAPI 3.0 to say something about a reference.
      return;
    }
    for (JsonNode variant : old) {
      if (!contains(now, variant)) {
        notes.add(
            where + ": " + word + " no longer has " + variant,
            isRequest() ? "callers that send it get 400" : "code that handles it waits in vain",
            "leave it in");
      }
    }
    for (JsonNode variant : now) {
      if (!contains(old, variant) && !(isRequest() && !word.equals("allOf"))) {
        notes.add(
            where + ": " + word + " has also " + variant,
            isRequest() ? "callers that do not know it get 400" : "whoever gets it can't read it",
            "add an optional property instead");
      }
    }
  }

  private void compareProperties(String where, JsonNode old, JsonNode now) {
    for (Map.Entry<String, JsonNode> property : old.path("properties").properties()) {
      String name = where + "." + property.getKey();
      JsonNode there = now.path("properties").path(property.getKey());
      if (there.isMissingNode()) {
        notes.add(
            name + " is gone",
            isRequest()
                ? "callers that send it get 400, as what is not declared is refused"
                : "whoever reads it finds nothing",
            "keep it, and mark it deprecated");
      } else {
        compare(name, property.getValue(), there);
      }
    }
    JsonNode more = isRequest() ? now : old;
    JsonNode less = isRequest() ? old : now;
    for (JsonNode required : more.path("required")) {
      boolean gone = !isRequest() && !now.path("properties").has(required.asText());
      if (!contains(less.path("required"), required) && !gone) {
        notes.add(
            where
                + "."
                + required.asText()
                + (isRequest() ? " is required now" : " may be absent now"),
            isRequest()
                ? "callers that leave it out get 400"
                : "whoever relies on it finds nothing",
            isRequest()
                ? "let it be optional, with a default that does what was done"
                : "go on answering it always");
      }
    }
  }

  private static boolean contains(JsonNode list, JsonNode element) {
    for (JsonNode candidate : list) {
      if (candidate.equals(element)) {
        return true;
      }
    }
    return false;
  }

  private static String told(JsonNode node) {
    return node.isMissingNode() ? "absent" : node.toString();
  }
}
