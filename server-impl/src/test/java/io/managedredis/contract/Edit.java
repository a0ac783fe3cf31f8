package io.managedredis.contract;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/**
 * One edit of a contract, such as somebody may make.
 *
 * @param place keys with {@code " > "} between them, from an operationId, a kind of components or
 *     the top of the document
 * @param yaml what stands there afterwards; null when nothing does
 */
record Edit(String place, @Nullable String yaml) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /** Puts something in the place of what is there, or where nothing is. */
  static Edit set(String place, String yaml) {
    return new Edit(place, yaml);
  }

  /** Takes away what is there. */
  static Edit removed(String place) {
    return new Edit(place, null);
  }

  /** The document after these edits, in their order. */
  static JsonNode applied(JsonNode document, List<Edit> edits) {
    JsonNode edited = document.deepCopy();
    edits.forEach(edit -> edit.apply(edited));
    return edited;
  }

  private void apply(JsonNode document) {
    String[] keys = place.split(" > ", -1);
    JsonNode parent = start(document, keys[0]);
    for (int i = 1; i < keys.length - 1; i++) {
      parent = child(parent, keys[i]);
    }
    String last = keys[keys.length - 1];
    JsonNode value =
        yaml == null
            ? null
            : JSON.valueToTree(new Load(LoadSettings.builder().build()).loadFromString(yaml));
    if (parent instanceof ArrayNode array) {
      int index = Integer.parseInt(last);
      if (value == null) {
        require(array.remove(index));
      } else if (index < array.size()) {
        array.set(index, value);
      } else {
        array.add(value);
      }
    } else if (value == null) {
      require(((ObjectNode) parent).remove(last));
    } else {
      ((ObjectNode) parent).set(last, value);
    }
  }

  private JsonNode start(JsonNode document, String key) {
    for (JsonNode path : document.path("paths")) {
      for (JsonNode operation : path) {
        if (operation.path("operationId").asText().equals(key)) {
          return operation;
        }
      }
    }
    JsonNode components = document.path("components").path(key);
    if (!components.isMissingNode()) {
      return components;
    }
    return place.contains(" > ") ? require(document.get(key)) : document;
  }

  private JsonNode child(JsonNode parent, String key) {
    return require(parent.isArray() ? parent.get(Integer.parseInt(key)) : parent.get(key));
  }

  private JsonNode require(@Nullable JsonNode node) {
    if (node == null) {
      throw new IllegalArgumentException("the contract has no " + place);
    }
    return node;
  }

  @Override
  public String toString() {
    return yaml == null ? "without " + place : place + ": " + yaml;
  }
}
