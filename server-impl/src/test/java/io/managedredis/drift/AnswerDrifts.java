package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Predicate;

/** Answers with another status, media type or body than declared, and errors that are no Status. */
final class AnswerDrifts {

  private static final String REQUEST_INFO = "type.googleapis.com/google.rpc.RequestInfo";
  private static final String BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest";

  /** A neighbour that a careless server would choose, for each status. */
  private static final Map<Integer, List<Integer>> NEIGHBOURS =
      Map.of(
          200, List.of(201, 202),
          206, List.of(200),
          400, List.of(422, 404),
          404, List.of(410, 400),
          406, List.of(415),
          409, List.of(423, 412),
          416, List.of(422),
          429, List.of(420),
          500, List.of(502),
          503, List.of(504));

  private final DeclaredOperation operation;
  private final int status;
  private final List<Drift> drifts = new ArrayList<>();

  private AnswerDrifts(DeclaredOperation operation, int status) {
    this.operation = operation;
    this.status = status;
  }

  static List<Drift> of(Contract contract) {
    List<Drift> all = new ArrayList<>();
    for (DeclaredOperation operation : contract.operations()) {
      for (int status : operation.responses().keySet()) {
        AnswerDrifts of = new AnswerDrifts(operation, status);
        of.status();
        of.mediaType();
        if (status >= 400) {
          of.error();
        }
        all.addAll(of.drifts);
      }
    }
    return all;
  }

  private void status() {
    for (int neighbour : NEIGHBOURS.getOrDefault(status, List.of(status + 50))) {
      add("undeclared status", "is " + neighbour, answer -> answer.status(neighbour));
    }
  }

  private void mediaType() {
    add("media type", "is text/plain", answer -> answer.mediaType("text/plain"));
    if (operation
        .response(status)
        .map(response -> response.path("content").has("application/json"))
        .orElse(false)) {
      add(
          "media type",
          "is application/problem+json",
          answer -> answer.mediaType("application/problem+json"));
      add(
          "media type",
          "is HTML with a body to match",
          answer ->
              answer.body(
                  "<html><body>Error</body></html>".getBytes(StandardCharsets.UTF_8), "text/html"));
      add("body", "is empty", Outgoing::noBody);
      add(
          "body",
          "is cut short",
          answer ->
              answer
                  .body()
                  .map(body -> body.toString().getBytes(StandardCharsets.UTF_8))
                  .ifPresent(
                      bytes ->
                          answer.body(
                              java.util.Arrays.copyOf(bytes, bytes.length - 1),
                              "application/json")));
      body(
          "body",
          "is wrapped in another object",
          body -> Optional.of(JsonNodeFactory.instance.objectNode().set("result", body)));
      body(
          "body",
          "is wrapped in an array",
          body -> Optional.of(JsonNodeFactory.instance.arrayNode().add(body)));
    }
  }

  private void error() {
    body(
        "error",
        "has a code of another status",
        body -> Optional.of(body.put("code", body.path("code").asInt() == 3 ? 5 : 3)));
    body(
        "error",
        "repeats the HTTP status as its code",
        body -> Optional.of(body.put("code", status)));
    body(
        "error",
        "is wrapped in the property error",
        body -> Optional.of(JsonNodeFactory.instance.objectNode().set("error", body)));
    body("error", "names a class of ours", body -> Optional.of(named(body)));
    details(
        "has no RequestInfo",
        REQUEST_INFO,
        (details, index) -> {
          details.remove(index);
          return true;
        });
    details(
        "has two RequestInfos",
        REQUEST_INFO,
        (details, index) -> {
          details.add(details.get(index).deepCopy());
          return true;
        });
    detail(
        "has another requestId than x-request-id",
        REQUEST_INFO,
        detail -> detail.put("requestId", "0f6cbd5e-6f2f-4f0e-9a70-3c1c9f1f5d11"));
    detail(
        "has a RequestInfo of another @type",
        REQUEST_INFO,
        detail -> detail.put("@type", "type.googleapis.com/google.rpc.Help"));
    if (status == 400 || status == 406 || status == 416) {
      details(
          "has no BadRequest",
          BAD_REQUEST,
          (details, index) -> {
            details.remove(index);
            return true;
          });
      detail("has no fieldViolations", BAD_REQUEST, detail -> detail.remove("fieldViolations"));
      detail(
          "has empty fieldViolations", BAD_REQUEST, detail -> detail.putArray("fieldViolations"));
      detail(
          "names another field",
          BAD_REQUEST,
          detail ->
              detail.path("fieldViolations").forEach(one -> ((ObjectNode) one).put("field", "x")));
      detail(
          "has a BadRequest of another @type",
          BAD_REQUEST,
          detail -> detail.put("@type", "type.googleapis.com/google.rpc.ErrorInfo"));
    }
  }

  private static ObjectNode named(ObjectNode body) {
    return body.put(
        "message", "jakarta.ws.rs.WebApplicationException: " + body.path("message").asText());
  }

  /** Changes the array of details, at the place of one. */
  private interface ArrayChange {
    boolean change(ArrayNode details, int index);
  }

  private void detail(String words, String type, Consumer<ObjectNode> change) {
    details(
        words,
        type,
        (details, index) -> {
          change.accept((ObjectNode) details.get(index));
          return true;
        });
  }

  private void details(String words, String type, ArrayChange change) {
    body(
        "error",
        words,
        body -> {
          if (body.path("details") instanceof ArrayNode details) {
            for (int i = 0; i < details.size(); i++) {
              if (details.get(i).path("@type").asText().equals(type) && change.change(details, i)) {
                return Optional.of(body);
              }
            }
          }
          return Optional.empty();
        });
  }

  private void add(String family, String words, Consumer<Outgoing> change) {
    when(
        family,
        words,
        answer -> {
          change.accept(answer);
          return true;
        });
  }

  private void body(String family, String words, Function<ObjectNode, Optional<JsonNode>> change) {
    when(
        family,
        words,
        answer -> {
          Optional<JsonNode> changed = answer.body().map(body -> (ObjectNode) body).flatMap(change);
          changed.ifPresent(answer::body);
          return changed.isPresent();
        });
  }

  private void when(String family, String words, Predicate<Outgoing> change) {
    drifts.add(Drift.ofAnswers(family, operation.id(), status, words, Injection.ofAnswers(change)));
  }
}
