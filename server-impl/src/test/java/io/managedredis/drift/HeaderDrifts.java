package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import java.util.ArrayList;
import java.util.List;

/** Answers without a header that is declared, or with one that leaves its schema. */
final class HeaderDrifts {

  private static final String FAMILY = "header";

  private HeaderDrifts() {}

  static List<Drift> of(Contract contract) {
    List<Drift> drifts = new ArrayList<>();
    for (DeclaredOperation operation : contract.operations()) {
      operation
          .responses()
          .forEach(
              (status, response) ->
                  response
                      .path("headers")
                      .fields()
                      .forEachRemaining(
                          header ->
                              drifts.addAll(
                                  of(
                                      operation,
                                      status,
                                      header.getKey(),
                                      contract.resolved(header.getValue()).path("schema")))));
    }
    return drifts;
  }

  private static List<Drift> of(
      DeclaredOperation operation, int status, String name, JsonNode schema) {
    if (name.equals("Content-Length")) {
      // What frames the answer: without it the connection would do that in another way, and with a
      // malformed one there is no answer at all.
      return List.of(
          changed(operation, status, name + " is lost", answer -> answer.dropHeader(name)));
    }
    List<Drift> drifts = new ArrayList<>();
    drifts.add(changed(operation, status, name + " is lost", answer -> answer.dropHeader(name)));
    drifts.add(changed(operation, status, name + " is empty", answer -> answer.header(name, "")));
    if (schema.has("pattern") || schema.has("enum") || schema.has("format")) {
      String off = "!".repeat(Math.max(1, schema.path("minLength").asInt()));
      drifts.add(
          changed(operation, status, name + " is malformed", answer -> answer.header(name, off)));
    }
    if (schema.has("maxLength")) {
      int length = schema.path("maxLength").asInt() + 1;
      drifts.add(
          changed(
              operation,
              status,
              name + " has " + length + " characters",
              answer -> answer.header(name, "a".repeat(length))));
    }
    if (schema.path("format").asText().equals("uuid")) {
      drifts.add(
          changed(
              operation,
              status,
              name + " is in capitals",
              answer ->
                  answer.header(
                      name, answer.header(name).orElse("").toUpperCase(java.util.Locale.ROOT))));
    }
    return drifts;
  }

  private static Drift changed(
      DeclaredOperation operation,
      int status,
      String words,
      java.util.function.Consumer<Outgoing> change) {
    return Drift.ofAnswers(
        FAMILY,
        operation.id(),
        status,
        words,
        new Injection() {
          @Override
          public boolean onAnswer(Outgoing answer) {
            change.accept(answer);
            return true;
          }
        });
  }
}
