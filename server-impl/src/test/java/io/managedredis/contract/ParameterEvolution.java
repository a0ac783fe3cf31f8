package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import io.managedredis.testing.Contract;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What callers send in path, query and headers, and in which order generated methods take it. */
final class ParameterEvolution {

  private final Contract released;
  private final Contract present;
  private final Evolution.Notes notes;

  ParameterEvolution(Contract released, Contract present, Evolution.Notes notes) {
    this.released = released;
    this.present = present;
    this.notes = notes;
  }

  void compare(JsonNode oldOperation, JsonNode nowOperation) {
    Map<String, JsonNode> old = parameters(released, oldOperation);
    Map<String, JsonNode> now = parameters(present, nowOperation);
    old.forEach(
        (key, parameter) -> {
          if (now.containsKey(key)) {
            compare(key, parameter, now.get(key));
          } else {
            notes.add(
                key + " is gone",
                "callers that send it get 400, as what is not declared is refused",
                "go on taking it, and mark it deprecated");
          }
        });
    now.forEach(
        (key, parameter) -> {
          if (!old.containsKey(key) && parameter.path("required").asBoolean()) {
            notes.add(
                key + " is new and required",
                "callers that do not know it get 400",
                "let it be optional, with a default that does what was done");
          }
        });
    List<String> order = List.copyOf(old.keySet());
    List<String> orderNow = List.copyOf(now.keySet());
    if (orderNow.containsAll(order) && !orderNow.subList(0, order.size()).equals(order)) {
      notes.add(
          "parameters were " + order + " and are " + orderNow,
          "whoever generates a Java client again passes arguments in the wrong places",
          "keep the order, and put a new parameter last");
    }
  }

  private void compare(String key, JsonNode old, JsonNode now) {
    if (now.path("required").asBoolean() && !old.path("required").asBoolean()) {
      notes.add(
          key + " is required now",
          "callers that leave it out get 400",
          "let it be optional, with a default that does what was done");
    }
    for (String word : List.of("style", "explode", "allowReserved", "allowEmptyValue")) {
      if (!old.path(word).equals(now.path(word))) {
        notes.add(
            key + ": " + word + " was " + old.path(word) + " and is " + now.path(word),
            "callers write it in a way that is no longer read",
            "keep it as it was");
      }
    }
    new SchemaEvolution(released, present, SchemaEvolution.Direction.REQUEST, notes)
        .compare(key, old.path("schema"), now.path("schema"));
  }

  private static Map<String, JsonNode> parameters(Contract contract, JsonNode operation) {
    Map<String, JsonNode> parameters = new LinkedHashMap<>();
    for (JsonNode written : operation.path("parameters")) {
      JsonNode parameter = contract.resolved(written);
      parameters.put(
          parameter.path("in").asText() + " parameter " + parameter.path("name").asText(),
          parameter);
    }
    return parameters;
  }
}
