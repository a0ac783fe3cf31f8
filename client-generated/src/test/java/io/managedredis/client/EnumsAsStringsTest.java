package io.managedredis.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Where a client refuses a value that a newer server adds to an enum, enums are configured to be
 * read as strings, one by one: an enum that is forgotten there would only be missed on the day on
 * which it gets a new value.
 */
class EnumsAsStringsTest {
  private static final YAMLMapper YAML = new YAMLMapper();

  @ParameterizedTest
  @ValueSource(strings = {"csharp", "php", "ruby"})
  void everyEnumOfTheContractIsReadAsAString(String language) throws IOException {
    JsonNode mappings =
        YAML.readTree(Path.of("languages", language, "generator.yaml").toFile())
            .path("typeMappings");

    assertThat(
            mappings.properties().stream()
                .filter(mapping -> mapping.getValue().asText().equalsIgnoreCase("string"))
                .map(Map.Entry::getKey)
                // The generator's own types are not capitalised: a download that comes as a string.
                .filter(type -> Character.isUpperCase(type.charAt(0))))
        .containsExactlyInAnyOrderElementsOf(enums());
  }

  private static Set<String> enums() throws IOException {
    JsonNode contract = YAML.readTree(Path.of("..", "openapi", "managed-redis.yaml").toFile());
    return contract.path("components").path("schemas").properties().stream()
        .filter(schema -> schema.getValue().has("enum"))
        .map(Map.Entry::getKey)
        .collect(Collectors.toSet());
  }
}
