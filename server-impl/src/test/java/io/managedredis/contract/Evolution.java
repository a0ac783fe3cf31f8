package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * What a client of a released contract meets in a newer one, operation by operation: on the wire,
 * and in a client that is generated again.
 */
final class Evolution {

  private static final Set<String> METHODS = Set.of("get", "put", "post", "delete", "patch");

  private final Contract released;
  private final Contract present;

  /** By what is told, so that a component that many operations use is told of once. */
  private final Map<String, Break> breaks = new LinkedHashMap<>();

  private Evolution(Contract released, Contract present) {
    this.released = released;
    this.present = present;
  }

  /** Every way in which a client of the released contract breaks; empty when none does. */
  static List<Break> breaks(Contract released, Contract present) {
    Evolution evolution = new Evolution(released, present);
    evolution.compareDocuments();
    for (Map.Entry<String, JsonNode> path : released.document().path("paths").properties()) {
      for (Map.Entry<String, JsonNode> method : path.getValue().properties()) {
        if (METHODS.contains(method.getKey())) {
          evolution.compareOperation(path.getKey(), method.getKey(), method.getValue());
        }
      }
    }
    return List.copyOf(evolution.breaks.values());
  }

  /** What comparing notes a break with, for one operation. */
  interface Notes {
    void add(String what, String whom, String instead);
  }

  private Notes of(String operation) {
    return (what, whom, instead) ->
        breaks
            .computeIfAbsent(
                what, first -> new Break(new TreeSet<>(Set.of()), first, whom, instead))
            .operations()
            .add(operation);
  }

  private void compareDocuments() {
    Notes everywhere = of("every operation");
    same(everywhere, "servers", released.document(), present.document(), "finds no server");
    for (String scheme : names(released.document().at("/components/securitySchemes"))) {
      same(
          everywhere,
          scheme,
          released.document().at("/components/securitySchemes"),
          present.document().at("/components/securitySchemes"),
          "has no access with what it sends");
    }
    for (String schema : names(released.document().at("/components/schemas"))) {
      if (!present.document().at("/components/schemas").has(schema)) {
        everywhere.add(
            "schema " + schema + " is gone",
            "whoever generates a client again lacks its class",
            "keep its name; another schema may refer to it");
      }
    }
  }

  private static void same(
      Notes notes, String name, JsonNode old, JsonNode now, String consequence) {
    // A description may be rewritten at any time.
    JsonNode was = withoutText(old.path(name));
    JsonNode is = withoutText(now.path(name));
    if (!was.equals(is)) {
      notes.add(
          name + " was " + was + " and is " + is,
          "every caller " + consequence,
          "keep it as it was");
    }
  }

  private static JsonNode withoutText(JsonNode node) {
    JsonNode copy = node.deepCopy();
    copy.findParents("description")
        .forEach(
            parent ->
                ((com.fasterxml.jackson.databind.node.ObjectNode) parent).remove("description"));
    return copy;
  }

  private void compareOperation(String path, String method, JsonNode old) {
    String id = old.path("operationId").asText();
    Notes notes = of(id);
    JsonNode now = present.document().path("paths").path(path).path(method);
    if (now.isMissingNode()) {
      notes.add(
          method.toUpperCase(Locale.ROOT) + " " + path + " is gone",
          "every caller of it gets 404 or 405",
          "keep it, and mark it deprecated");
      return;
    }
    String newId = now.path("operationId").asText();
    if (!newId.equals(id)) {
      notes.add(
          "operationId was " + id + " and is " + newId,
          "whoever generates a client again finds the method under another name",
          "keep the operationId; the summary may say it better");
    }
    if (!old.path("tags").equals(now.path("tags"))) {
      notes.add(
          "tags were " + old.path("tags") + " and are " + now.path("tags"),
          "whoever generates a client again finds the method in another class",
          "keep the tag");
    }
    compareSecurity(notes, security(released, old), security(present, now));
    new ParameterEvolution(released, present, notes).compare(old, now);
    compareBody(notes, old.path("requestBody"), now.path("requestBody"));
    for (Map.Entry<String, JsonNode> answer : old.path("responses").properties()) {
      compareAnswer(notes, answer.getKey(), answer.getValue(), now.path("responses"));
    }
  }

  private static JsonNode security(Contract contract, JsonNode operation) {
    return operation.has("security")
        ? operation.path("security")
        : contract.document().path("security");
  }

  /** Each alternative that was enough has to be enough. */
  private static void compareSecurity(Notes notes, JsonNode old, JsonNode now) {
    Set<JsonNode> accepted = new HashSet<>();
    now.forEach(accepted::add);
    for (JsonNode alternative : old) {
      if (!accepted.contains(alternative)) {
        notes.add(
            "security no longer accepts " + (alternative.isEmpty() ? "anonymous" : alternative),
            "callers that come with just that get 401 or 403",
            "leave the alternative in; whether a server grants anything for it is its operator's"
                + " choice");
      }
    }
  }

  private void compareBody(Notes notes, JsonNode written, JsonNode writtenNow) {
    JsonNode old = released.resolved(written);
    JsonNode now = present.resolved(writtenNow);
    if (now.path("required").asBoolean() && !old.path("required").asBoolean()) {
      notes.add(
          "a request body is required now",
          "callers that send none get 400",
          "let it be optional, with a default for its absence");
    }
    for (Map.Entry<String, JsonNode> type : old.path("content").properties()) {
      JsonNode there = now.path("content").path(type.getKey());
      if (there.isMissingNode()) {
        notes.add(
            "the request body may no longer be " + type.getKey(),
            "callers that send it get 415",
            "take both media types");
      } else {
        new SchemaEvolution(released, present, SchemaEvolution.Direction.REQUEST, notes)
            .compare("body", type.getValue().path("schema"), there.path("schema"));
      }
    }
  }

  private void compareAnswer(Notes notes, String status, JsonNode written, JsonNode answers) {
    if (!answers.has(status)) {
      notes.add(
          "the answer " + status + " is gone",
          "who handles it waits for what never comes, and meets what it does not handle",
          "go on declaring and giving it");
      return;
    }
    JsonNode old = released.resolved(written);
    JsonNode now = present.resolved(answers.path(status));
    for (Map.Entry<String, JsonNode> header : old.path("headers").properties()) {
      compareHeader(notes, header.getKey(), header.getValue(), now.path("headers"));
    }
    for (Map.Entry<String, JsonNode> type : old.path("content").properties()) {
      JsonNode there = now.path("content").path(type.getKey());
      if (there.isMissingNode()) {
        notes.add(
            "the answer " + status + " is no longer " + type.getKey(),
            "callers that accept it get 406, the others what they can't read",
            "answer both media types, by Accept");
      } else {
        new SchemaEvolution(released, present, SchemaEvolution.Direction.ANSWER, notes)
            .compare("answer " + status, type.getValue().path("schema"), there.path("schema"));
      }
    }
  }

  private void compareHeader(Notes notes, String name, JsonNode written, JsonNode headers) {
    JsonNode old = released.resolved(written);
    if (!headers.has(name)) {
      notes.add(
          "header " + name + " is gone", "whoever reads it finds nothing", "go on sending it");
      return;
    }
    JsonNode now = present.resolved(headers.path(name));
    if (old.path("required").asBoolean() && !now.path("required").asBoolean()) {
      notes.add(
          "header " + name + " may be absent now",
          "whoever relies on it finds nothing",
          "go on sending it always");
    }
    new SchemaEvolution(released, present, SchemaEvolution.Direction.ANSWER, notes)
        .compare("header " + name, old.path("schema"), now.path("schema"));
  }

  private static List<String> names(JsonNode object) {
    List<String> names = new ArrayList<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
