package io.managedredis.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.managedredis.access.Role;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** The contract that this server was built from, as the file itself and as the same in JSON. */
final class ContractDocument {

  private final byte[] yaml;
  private final byte[] json;
  private final String version;
  private final Map<String, Role> requiredRoles = new HashMap<>();

  ContractDocument() throws IOException {
    try (InputStream in = ContractDocument.class.getResourceAsStream("managed-redis.yaml")) {
      if (in == null) {
        throw new IOException("the contract is missing from this build");
      }
      yaml = in.readAllBytes();
    }
    // YAML 1.2 knows no dates, so the examples' instants stay the texts that they are.
    Object document =
        new Load(LoadSettings.builder().build())
            .loadFromString(new String(yaml, StandardCharsets.UTF_8));
    ObjectMapper mapper = new ObjectMapper();
    json = mapper.writerWithDefaultPrettyPrinter().writeValueAsBytes(document);
    JsonNode tree = mapper.valueToTree(document);
    version = tree.path("info").path("version").asText();
    for (JsonNode path : tree.path("paths")) {
      for (JsonNode operation : path) {
        requiredRoles.put(
            operation.path("operationId").asText(),
            Role.named(operation.path("x-required-role").asText())
                .orElseThrow(
                    () ->
                        new IOException(
                            operation.path("operationId").asText()
                                + " has no x-required-role in the contract")));
      }
    }
  }

  byte[] yaml() {
    return yaml.clone();
  }

  byte[] json() {
    return json.clone();
  }

  /** The role that each operation needs, by its operationId. */
  Map<String, Role> requiredRoles() {
    return Map.copyOf(requiredRoles);
  }

  /** The contract's own version, {@code info.version}. */
  String version() {
    return version;
  }
}
