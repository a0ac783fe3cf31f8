package io.managedredis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;

/** What the jar is made of, by the SBOM inside it, and the README that gives the reasons. */
class DependenciesIT {

  private static final Path JAR = Path.of(System.getProperty("server.jar"));
  private static final String SBOM = "META-INF/sbom/managed-redis-backup.cdx.json";
  private static final Path README = Path.of("README.md");
  private static final Pattern SECTION =
      Pattern.compile("^## What it stands on\n(.*?)^## ", Pattern.MULTILINE | Pattern.DOTALL);
  private static final Pattern ROW =
      Pattern.compile("^\\| `([^`|]+)` \\| ([^|]+) \\| ([^|]*) \\|$", Pattern.MULTILINE);
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");

  private static final Pattern POM =
      Pattern.compile("META-INF/maven/([^/]+)/([^/]+)/pom[.]properties");

  /** Heads the table of what is in the jar without being a dependency. */
  private static final String COPIES = "| group | what others hold copies of |";

  /** Licences that let the jar be handed on under one's own terms; as SBOMs and POMs name them. */
  private static final Set<String> LICENCES =
      Set.of(
          "Apache-2.0",
          "MIT",
          "BSD-2-Clause",
          "BSD-3-Clause",
          "EPL-2.0",
          "CC0-1.0",
          "Public Domain");

  @Test
  void everyRuntimeDependencyHasAReason() throws Exception {
    Set<String> missing = new TreeSet<>(inTheJar().keySet());
    missing.removeAll(withReasons());
    assertThat(missing)
        .as(
            "in the jar, but without a reason: add a row to the table in server-impl/README.md,"
                + " \"What it stands on\", or exclude the dependency in the POM;"
                + " mvn dependency:tree -pl server-impl tells who brings it")
        .isEmpty();
  }

  @Test
  void everyReasonIsForARuntimeDependency() throws Exception {
    Set<String> stale = new TreeSet<>(withReasons());
    stale.removeAll(inTheJar().keySet());
    assertThat(stale)
        .as(
            "no longer in the jar: take it out of the table in server-impl/README.md,"
                + " \"What it stands on\"")
        .isEmpty();
  }

  /** Who reads it as one licence each may take the best of several. */
  @Test
  void everyRuntimeDependencyHasAUsualLicence() throws Exception {
    NavigableMap<String, List<String>> others = new TreeMap<>(inTheJar());
    others.values().removeIf(licences -> licences.stream().anyMatch(LICENCES::contains));
    assertThat(others)
        .as("licences that are none of " + new TreeSet<>(LICENCES) + ": is that one acceptable?")
        .isEmpty();
  }

  /** What a dependency has copied into itself is in the SBOM of nobody, but in the jar. */
  @Test
  void everyCopyInsideADependencyIsNamed() throws Exception {
    Set<String> inside = new TreeSet<>();
    try (ZipFile jar = new ZipFile(JAR.toFile())) {
      jar.stream()
          .map(ZipEntry::getName)
          .map(POM::matcher)
          .filter(Matcher::matches)
          .forEach(found -> inside.add(found.group(1) + ":" + found.group(2)));
    }
    assertThat(inside.remove("io.managedredis:server-impl")).isTrue();
    inside.removeAll(inTheJar().keySet());
    assertThat(inside)
        .as("the last table in server-impl/README.md, \"What it stands on\": copies")
        .isEqualTo(rows(section().substring(section().indexOf(COPIES))));
  }

  /** Groups and artifacts, each with its licences. */
  private static NavigableMap<String, List<String>> inTheJar() throws IOException {
    JsonNode sbom;
    try (ZipFile jar = new ZipFile(JAR.toFile())) {
      ZipEntry entry = jar.getEntry(SBOM);
      assumeThat(entry == null && "offline=true".equals(System.getProperty("maven.mode")))
          .as("Maven is offline, where its plugin writes no SBOM")
          .isFalse();
      assertThat(entry).as(SBOM + " in " + JAR).isNotNull();
      try (InputStream in = jar.getInputStream(entry)) {
        sbom = new ObjectMapper().readTree(in);
      }
    }
    assertThat(sbom.path("bomFormat").asText()).isEqualTo("CycloneDX");
    NavigableMap<String, List<String>> found = new TreeMap<>();
    for (JsonNode component : sbom.path("components")) {
      found.put(
          component.path("group").asText() + ":" + component.path("name").asText(),
          licences(component));
    }
    assertThat(found).containsKey("org.slf4j:slf4j-simple");
    return found;
  }

  private static List<String> licences(JsonNode component) {
    List<String> names = new ArrayList<>();
    for (JsonNode choice : component.path("licenses")) {
      JsonNode licence = choice.path("license");
      names.add(
          choice.hasNonNull("expression")
              ? choice.path("expression").asText()
              : licence.path("id").asText(licence.path("name").asText()));
    }
    return names;
  }

  private static Set<String> withReasons() throws IOException {
    return rows(section().substring(0, section().indexOf(COPIES)));
  }

  private static String section() throws IOException {
    Matcher section = SECTION.matcher(Files.readString(README));
    assertThat(section.find()).as("the section in " + README.toAbsolutePath()).isTrue();
    assertThat(section.group(1)).contains(COPIES);
    return section.group(1);
  }

  /** Groups and artifacts; a row without a reason does not count. */
  private static Set<String> rows(String tables) {
    return ROW.matcher(tables)
        .results()
        .filter(row -> !row.group(3).isBlank())
        .flatMap(
            row ->
                NAME.matcher(row.group(2))
                    .results()
                    .map(name -> row.group(1) + ":" + name.group(1)))
        .collect(Collectors.toCollection(TreeSet::new));
  }
}
