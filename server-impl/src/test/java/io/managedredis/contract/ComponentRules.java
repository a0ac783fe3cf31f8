package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Everything shared is described, and used by somebody. */
final class ComponentRules {

  private static final List<String> DESCRIBED =
      List.of("securitySchemes", "headers", "parameters", "schemas", "responses");

  private final Lint lint;
  private final Set<String> used = new HashSet<>();

  ComponentRules(Lint lint) {
    this.lint = lint;
  }

  void check() {
    for (String kind : DESCRIBED) {
      for (Map.Entry<String, JsonNode> component : lint.components(kind).properties()) {
        lint.require(
            !component.getValue().path("description").asText().isBlank(),
            kind + " " + component.getKey(),
            "is described");
      }
    }
    for (Map.Entry<String, JsonNode> example : lint.components("examples").properties()) {
      lint.require(
          !example.getValue().path("summary").asText().isBlank() && example.getValue().has("value"),
          "examples " + example.getKey(),
          "has a summary and a value");
    }
    checkUsed();
    checkSecurity();
  }

  /** Used is what an operation leads to, not what unused components use among themselves. */
  private void checkUsed() {
    follow(lint.contract().document().path("paths"));
    for (JsonNode alternative : lint.contract().document().path("security")) {
      alternative
          .fieldNames()
          .forEachRemaining(name -> used.add("#/components/securitySchemes/" + name));
    }
    JsonNode components = lint.contract().document().path("components");
    for (Map.Entry<String, JsonNode> kind : components.properties()) {
      kind.getValue()
          .fieldNames()
          .forEachRemaining(
              name ->
                  lint.require(
                      used.contains("#/components/" + kind.getKey() + "/" + name),
                      kind.getKey() + " " + name,
                      "is used by an operation"));
    }
  }

  private void follow(JsonNode node) {
    String reference = node.path("$ref").asText();
    if (!reference.isEmpty() && used.add(reference)) {
      follow(lint.contract().document().at(reference.substring(1)));
    }
    node.forEach(this::follow);
  }

  private void checkSecurity() {
    JsonNode bearer = lint.components("securitySchemes").path("bearer");
    lint.require(
        bearer.path("type").asText().equals("http")
            && bearer.path("scheme").asText().equals("bearer")
            && lint.contract().document().path("security").path(0).has("bearer"),
        "security",
        "lets callers send a bearer token");
  }
}
