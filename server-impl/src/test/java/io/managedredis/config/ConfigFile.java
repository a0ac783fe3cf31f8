package io.managedredis.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * A configuration file of a test.
 *
 * @param folder what it lies in
 */
record ConfigFile(Path folder) {

  /** What it means. */
  ServiceConfig read(String yaml) throws IOException, ConfigException {
    return ConfigReader.read(write(yaml), Map.of());
  }

  /** What is wrong with it. */
  List<String> problems(String yaml) throws IOException {
    Path file = write(yaml);
    ConfigException e =
        catchThrowableOfType(ConfigException.class, () -> ConfigReader.read(file, Map.of()));
    assertThat(e).as("is refused").isNotNull();
    return e.problems();
  }

  /** Asserts that a problem is told with its line, in these very words. */
  static void says(String problem, int line, String words) {
    assertThat(problem).endsWith("config.yaml, line " + line + ": " + words);
  }

  private Path write(String yaml) throws IOException {
    return Files.writeString(folder.resolve("config.yaml"), yaml);
  }
}
