package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.openapitools.openapidiff.core.OpenApiCompare;
import org.openapitools.openapidiff.core.compare.OpenApiDiffOptions;
import org.openapitools.openapidiff.core.model.ChangedOpenApi;
import org.openapitools.openapidiff.core.model.ChangedOperation;
import org.openapitools.openapidiff.core.model.Endpoint;
import org.yaml.snakeyaml.Yaml;

/**
 * What a client of a released contract meets in a newer one. Finds what openapi-diff finds, and
 * what it does not see: an answer's optional property that is gone, another default, another
 * operationId or tag, a variant less.
 */
final class Evolution {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String[] METHODS = {"get", "put", "post", "delete", "patch"};

  private final JsonNode released;
  private final JsonNode present;
  private final List<String> breaks = new ArrayList<>();

  private Evolution(JsonNode released, JsonNode present) {
    this.released = released;
    this.present = present;
  }

  /** Every way in which a client of the released contract breaks; empty when none does. */
  static List<String> breaks(String releasedYaml, String presentYaml) throws IOException {
    Evolution evolution = new Evolution(tree(releasedYaml), tree(presentYaml));
    evolution.compareByTool(releasedYaml, presentYaml);
    evolution.compareOperations();
    evolution.compareSchemas();
    return List.copyOf(evolution.breaks);
  }

  private static JsonNode tree(String yaml) {
    return JSON.valueToTree(new Yaml().<Object>load(yaml));
  }

  private void compareByTool(String releasedYaml, String presentYaml) {
    ChangedOpenApi changes =
        OpenApiCompare.fromContents(
            releasedYaml,
            presentYaml,
            List.of(),
            OpenApiDiffOptions.builder()
                // Clients take a value that they don't know as unknown; the contract says so.
                .configProperty("incompatible.response.enum.increased", "false")
                .build());
    for (Endpoint missing : changes.getMissingEndpoints()) {
      breaks.add(missing.getMethod() + " " + missing.getPathUrl() + " is gone: every caller fails");
    }
    for (ChangedOperation operation : changes.getChangedOperations()) {
      if (operation.isIncompatible()) {
        breaks.add(
            operation.getHttpMethod()
                + " "
                + operation.getPathUrl()
                + " no longer takes what it took, or no longer answers what it answered"
                + details(operation));
      }
    }
  }

  private static String details(ChangedOperation operation) {
    List<String> parts = new ArrayList<>();
    operation
        .getChangedElements()
        .forEach(
            part -> {
              if (part != null && part.isIncompatible()) {
                parts.add(part.getClass().getSimpleName().replace("Changed", ""));
              }
            });
    return parts.isEmpty() ? "" : ": " + String.join(", ", parts);
  }

  private void compareOperations() {
    released
        .path("paths")
        .fields()
        .forEachRemaining(
            path -> {
              for (String method : METHODS) {
                JsonNode old = path.getValue().path(method);
                JsonNode now = present.path("paths").path(path.getKey()).path(method);
                if (old.isMissingNode() || now.isMissingNode()) {
                  continue;
                }
                String where = method.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey();
                same(where + " operationId", old.path("operationId"), now.path("operationId"));
                same(where + " tag", old.path("tags"), now.path("tags"));
                compareAnswers(where, old, now);
              }
            });
    compareParameters();
  }

  private void compareAnswers(String where, JsonNode old, JsonNode now) {
    old.path("responses")
        .fieldNames()
        .forEachRemaining(
            status -> {
              if (!now.path("responses").has(status)) {
                breaks.add(where + " no longer declares " + status + ": who handles it is misled");
              }
            });
  }

  private void compareParameters() {
    released
        .path("components")
        .path("parameters")
        .fields()
        .forEachRemaining(
            parameter -> {
              JsonNode now = present.path("components").path("parameters").path(parameter.getKey());
              if (!now.isMissingNode()) {
                same(
                    "the default of parameter " + parameter.getKey(),
                    parameter.getValue().path("schema").path("default"),
                    now.path("schema").path("default"));
              }
            });
  }

  private void compareSchemas() {
    released
        .path("components")
        .path("schemas")
        .fields()
        .forEachRemaining(
            schema ->
                compare(
                    "schema " + schema.getKey(),
                    schema.getValue(),
                    present.path("components").path("schemas").path(schema.getKey())));
  }

  private void compare(String where, JsonNode old, JsonNode now) {
    if (now.isMissingNode()) {
      breaks.add(where + " is gone: a regenerated client lacks its class");
      return;
    }
    same(where + " default", old.path("default"), now.path("default"));
    for (JsonNode variant : old.path("oneOf")) {
      if (!contains(now.path("oneOf"), variant)) {
        breaks.add(where + " lacks the variant " + variant + ": whoever gets it can't read it");
      }
    }
    old.path("properties")
        .fields()
        .forEachRemaining(
            property -> {
              JsonNode there = now.path("properties").path(property.getKey());
              String name = where + "." + property.getKey();
              if (there.isMissingNode()) {
                breaks.add(name + " is gone: whoever reads it finds nothing");
              } else {
                same(name + " default", property.getValue().path("default"), there.path("default"));
              }
            });
  }

  private static boolean contains(JsonNode list, JsonNode element) {
    for (JsonNode candidate : list) {
      if (candidate.equals(element)) {
        return true;
      }
    }
    return false;
  }

  private void same(String what, JsonNode old, JsonNode now) {
    if (!Objects.equals(old, now)) {
      breaks.add(what + " was " + shown(old) + " and is " + shown(now));
    }
  }

  private static String shown(JsonNode node) {
    return node.isMissingNode() ? "absent" : node.toString();
  }
}
