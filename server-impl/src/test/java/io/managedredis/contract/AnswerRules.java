package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.StatusCodes;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What an operation may answer, and how each answer is declared. */
final class AnswerRules {

  private static final String JSON = "application/json";

  private final Lint lint;

  AnswerRules(Lint lint) {
    this.lint = lint;
  }

  void check() {
    for (Lint.Written operation : lint.operations()) {
      JsonNode answers = operation.node().path("responses");
      Set<String> missing = needed(operation);
      answers.fieldNames().forEachRemaining(missing::remove);
      lint.require(missing.isEmpty(), operation.name(), "declares the answers " + missing);
      for (Map.Entry<String, JsonNode> answer : answers.properties()) {
        check(operation.name() + " " + answer.getKey(), answer.getKey(), answer.getValue());
      }
    }
  }

  private static Set<String> needed(Lint.Written operation) {
    Set<String> needed =
        new TreeSet<>(Set.of("200", "400", "401", "403", "406", "429", "500", "503"));
    if (operation.path().contains("{")) {
      needed.add("404");
    }
    if (operation.changes()) {
      needed.add("409");
    }
    return needed;
  }

  private void check(String where, String status, JsonNode written) {
    lint.require(status.matches("[1-5][0-9]{2}"), where, "is a status, no range and no default");
    JsonNode answer = lint.contract().resolved(written);
    lint.require(!answer.path("description").asText().isBlank(), where, "is described");
    JsonNode requestId = answer.path("headers").path("x-request-id");
    lint.require(
        requestId.path("$ref").asText().equals("#/components/headers/RequestId")
            && lint.contract().resolved(requestId).path("required").asBoolean(),
        where,
        "always carries x-request-id");
    for (JsonNode header : answer.path("headers")) {
      lint.require(header.has("$ref"), where, "has its headers as components");
    }
    lint.require(answer.path("content").size() == 1, where, "has a body, of one media type");
    if (status.startsWith("2")) {
      checkSuccess(where, answer.path("content"));
    } else {
      lint.require(written.has("$ref"), where, "is a component, as an error");
      checkError(where, status, answer.path("content"));
    }
  }

  private void checkSuccess(String where, JsonNode content) {
    for (Map.Entry<String, JsonNode> type : content.properties()) {
      JsonNode schema = type.getValue().path("schema");
      if (type.getKey().equals(JSON)) {
        lint.require(schema.has("$ref"), where, "has its schema as a component");
        checkExamples(where, type.getValue());
      } else {
        // Bytes have no shape that an example could show.
        lint.require(
            schema.path("format").asText().equals("binary"), where, "is JSON or plain bytes");
      }
    }
  }

  private void checkError(String where, String status, JsonNode content) {
    JsonNode body = content.path(JSON);
    lint.require(
        body.path("schema").path("$ref").asText().equals("#/components/schemas/Status"),
        where,
        "is a Status");
    checkExamples(where, body);
    Set<Integer> codes =
        status.matches("[0-9]+") ? StatusCodes.of(Integer.parseInt(status)) : Set.of();
    for (Map.Entry<String, JsonNode> example : body.path("examples").properties()) {
      JsonNode value = lint.contract().resolved(example.getValue()).path("value");
      lint.require(
          codes.contains(value.path("code").asInt()),
          where + " example " + example.getKey(),
          "has a code of this HTTP status, one of " + new TreeSet<>(codes));
    }
  }

  private void checkExamples(String where, JsonNode body) {
    lint.require(!body.path("examples").isEmpty(), where, "has an example");
    lint.require(!body.has("example"), where, "has its examples named");
    for (JsonNode example : body.path("examples")) {
      lint.require(example.has("$ref"), where, "has its examples as components");
    }
  }
}
