package io.managedredis.drift;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract;
import io.managedredis.testing.Contract.DeclaredOperation;
import io.managedredis.testing.Contract.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Limits of parameters that moved by one, and parameters that are ignored or forced. */
final class ParameterDrifts {

  private final DeclaredOperation operation;
  private final List<Drift> drifts = new ArrayList<>();

  private ParameterDrifts(DeclaredOperation operation) {
    this.operation = operation;
  }

  static List<Drift> of(Contract contract) {
    List<Drift> all = new ArrayList<>();
    for (DeclaredOperation operation : contract.operations()) {
      ParameterDrifts of = new ParameterDrifts(operation);
      operation.parameters().forEach(of::parameter);
      of.undeclared();
      all.addAll(of.drifts);
    }
    return all;
  }

  private void parameter(Parameter parameter) {
    JsonNode schema = parameter.schema();
    if (schema.path("type").asText().equals("integer")) {
      number(parameter, schema);
    } else {
      text(parameter, schema);
    }
    boolean inPath = parameter.in().equals("path");
    if (parameter.required() && !inPath) {
      add(
          "required or optional",
          parameter,
          Seen.absent(parameter),
          "may be missing",
          request -> {
            accept(request, parameter);
            return true;
          });
    }
    if (!parameter.required()) {
      add(
          "required or optional",
          parameter,
          Seen.absent(parameter),
          "must be there",
          request -> {
            request.refuse(parameter.name(), "is required");
            return true;
          });
      add(
          "ignored parameter",
          parameter,
          Seen.sent(parameter),
          "is ignored",
          request -> {
            request.values(operation, parameter, List.of());
            return true;
          });
    } else if (!inPath) {
      add(
          "ignored parameter",
          parameter,
          Seen.sent(parameter),
          "is taken for another value",
          request -> {
            accept(request, parameter);
            return true;
          });
    }
    if (parameter.in().equals("query")) {
      add(
          "required or optional",
          parameter,
          Seen.sent(parameter),
          "has another name",
          request -> {
            request.refuse(parameter.name(), "is no parameter of this call");
            return true;
          });
    }
    if (!inPath) {
      add(
          "undeclared parameter",
          parameter,
          Seen.twice(parameter),
          "may be there twice",
          request -> {
            request.values(
                operation, parameter, request.values(operation, parameter).subList(0, 1));
            return true;
          });
    }
  }

  private void number(Parameter parameter, JsonNode schema) {
    long least = schema.path("minimum").asLong();
    long most = schema.path("maximum").asLong();
    refused(parameter, "may not be " + least, Seen.value(parameter, Long.toString(least)));
    refused(parameter, "may not be " + most, Seen.value(parameter, Long.toString(most)));
    accepted(parameter, "may be " + (least - 1), Seen.value(parameter, Long.toString(least - 1)));
    accepted(parameter, "may be " + (most + 1), Seen.value(parameter, Long.toString(most + 1)));
    accepted(parameter, "need not be a number", Seen.misshapen(parameter));
    if (schema.has("default")) {
      String other = Long.toString(schema.path("default").asLong() - 1);
      changed(parameter, "has the default " + other, Seen.absent(parameter), other);
      if (least == 0) {
        changed(parameter, "means " + other + " when it is 0", Seen.value(parameter, "0"), other);
      }
    }
  }

  private void changed(Parameter parameter, String words, String needs, String taken) {
    add(
        "changed limit",
        parameter,
        needs,
        words,
        request -> {
          request.values(operation, parameter, List.of(taken));
          return true;
        });
  }

  private void text(Parameter parameter, JsonNode schema) {
    int least = schema.path("minLength").asInt();
    int most = schema.path("maxLength").asInt(Integer.MAX_VALUE);
    if (most < Integer.MAX_VALUE) {
      refused(parameter, "may not have " + most + " characters", Seen.length(parameter, most));
      accepted(
          parameter, "may have " + (most + 1) + " characters", Seen.length(parameter, most + 1));
    }
    if (least > 0 && least != most) {
      refused(parameter, "may not have " + least + " characters", Seen.length(parameter, least));
    }
    // A path with an empty segment is another path.
    if (least > (parameter.in().equals("path") ? 1 : 0)) {
      accepted(
          parameter, "may have " + (least - 1) + " characters", Seen.length(parameter, least - 1));
    }
    if (schema.has("pattern")) {
      accepted(parameter, "need not match its pattern", Seen.misshapen(parameter));
    }
  }

  private void undeclared() {
    List<String> known =
        operation.parameters().stream()
            .filter(parameter -> parameter.in().equals("query"))
            .map(Parameter::name)
            .toList();
    drifts.add(
        drift(
            "undeclared parameter",
            Seen.UNDECLARED,
            "any parameter may be in the query",
            request -> {
              List<Map.Entry<String, String>> declared =
                  request.query().stream().filter(pair -> known.contains(pair.getKey())).toList();
              request.query(declared);
              return true;
            }));
  }

  /** What the contract allows is refused, as the server refuses. */
  private void refused(Parameter parameter, String words, String needs) {
    add(
        "changed limit",
        parameter,
        needs,
        words,
        request -> {
          request.refuse(parameter.name(), "must be another one");
          return true;
        });
  }

  /** What the contract forbids is taken for something that it allows. */
  private void accepted(Parameter parameter, String words, String needs) {
    add(
        "changed limit",
        parameter,
        needs,
        words,
        request -> {
          accept(request, parameter);
          return true;
        });
  }

  private void accept(Incoming request, Parameter parameter) {
    request.values(
        operation,
        parameter,
        parameter.required()
            ? List.of(
                parameter.example().map(JsonNode::asText).orElse(Samples.text(parameter.schema())))
            : List.of());
  }

  private void add(
      String family, Parameter parameter, String needs, String words, Predicate<Incoming> change) {
    drifts.add(drift(family, needs, parameter.name() + " " + words, change));
  }

  private Drift drift(String family, String needs, String words, Predicate<Incoming> change) {
    return Drift.ofRequests(
        family,
        operation.id(),
        needs,
        words,
        new Injection() {
          @Override
          public boolean onRequest(Incoming request) {
            return Seen.in(operation, request).contains(Seen.of(operation.id(), 0, needs))
                && change.test(request);
          }
        });
  }
}
