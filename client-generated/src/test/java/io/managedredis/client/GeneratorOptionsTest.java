package io.managedredis.client;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.openapitools.codegen.CliOption;
import org.openapitools.codegen.CodegenConfigLoader;
import org.openapitools.codegen.CodegenConstants;
import org.openapitools.codegen.config.GeneratorSettings;
import org.openapitools.codegen.config.WorkflowSettings;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The generator takes an option that it does not know without a word, so a misspelt one would do
 * nothing: each is looked up in what {@code config-help} lists.
 */
class GeneratorOptionsTest {

  private static final Path ROOT = Path.of("..");
  private static final Path LANGUAGES = Path.of("languages");
  private static final String PLUGIN =
      "//*[local-name()='plugin'][*[local-name()='artifactId']='openapi-generator-maven-plugin']";
  private static final String CONFIGURATION = PLUGIN + "//*[local-name()='configuration']";
  private static final String EXECUTION =
      PLUGIN + "//*[local-name()='execution'][*[local-name()='id']='%s']//*[local-name()='%s']";

  /** What a client of a released contract has of its own. */
  private static final Set<String> OF_A_RELEASE =
      Set.of(
          "inputSpec",
          "output",
          "addCompileSourceRoot",
          "addTestCompileSourceRoot",
          "apiPackage",
          "modelPackage",
          "invokerPackage");

  @ParameterizedTest
  @CsvSource({
    "client-generated, client, java",
    "server-impl, server, jaxrs-spec",
    "server-impl, client-1.0.0, java"
  })
  void everyConfiguredOptionIsKnownToTheGenerator(String module, String execution, String generator)
      throws Exception {
    Set<String> configured = names(pom(ROOT), CONFIGURATION + "/*[local-name()='configOptions']/*");
    configured.addAll(
        names(pom(ROOT.resolve(module)), EXECUTION.formatted(execution, "configOptions") + "/*"));

    assertThat(configured).isNotEmpty();
    assertThat(options(generator)).as("options of %s", generator).containsAll(configured);
  }

  @ParameterizedTest
  @CsvSource({
    "client-generated, client, java",
    "server-impl, server, jaxrs-spec",
    "server-impl, client-1.0.0, java"
  })
  void theModuleGeneratesWithTheGeneratorWhoseOptionsAreAsked(
      String module, String execution, String generator) throws Exception {
    Document pom = pom(ROOT.resolve(module));

    assertThat(xpath().evaluate(EXECUTION.formatted(execution, "generatorName"), pom))
        .isEqualTo(generator);
  }

  @ParameterizedTest
  @CsvSource({"client-generated", "server-impl"})
  void everyParameterIsKnownToThePlugin(String module) throws Exception {
    Document plugin;
    try (InputStream descriptor =
        GeneratorOptionsTest.class.getResourceAsStream("/META-INF/maven/plugin.xml")) {
      assertThat(descriptor).isNotNull();
      plugin = parsed(descriptor);
    }
    Set<String> known = texts(plugin, "//mojo[goal='generate']/parameters/parameter/name/text()");
    Set<String> configured = names(pom(ROOT), CONFIGURATION + "/*");
    configured.addAll(names(pom(ROOT.resolve(module)), CONFIGURATION + "/*"));

    assertThat(known).containsAll(configured);
  }

  @Test
  void everyLanguageThatIsConfiguredIsGenerated() throws Exception {
    try (Stream<Path> folders = Files.list(LANGUAGES)) {
      assertThat(folders.filter(folder -> Files.exists(folder.resolve("generator.yaml"))))
          .extracting(folder -> folder.getFileName().toString())
          .containsExactlyInAnyOrderElementsOf(languages().stream().map(Language::name).toList());
    }
  }

  @ParameterizedTest
  @MethodSource("languages")
  void everyOptionOfALanguageIsKnownToItsGenerator(Language language) throws Exception {
    JsonNode settings = settings(language);

    assertThat(namesOf(settings.path("additionalProperties")))
        .isNotEmpty()
        .isSubsetOf(options(language.generator()));
  }

  /** What the generator has no setting for, it takes as one more additional property. */
  @ParameterizedTest
  @MethodSource("languages")
  void everySettingOfALanguageIsKnown(Language language) throws Exception {
    JsonNode settings = settings(language);
    Set<String> known =
        Stream.of(GeneratorSettings.class, WorkflowSettings.class)
            .flatMap(type -> Stream.of(type.getDeclaredFields()))
            .filter(field -> !Modifier.isStatic(field.getModifiers()))
            .map(Field::getName)
            .collect(Collectors.toSet());

    assertThat(namesOf(settings)).isSubsetOf(known);
  }

  /** Each generator has a name of its own for it. */
  @ParameterizedTest
  @MethodSource("languages")
  void aVersionThatIsConfiguredIsTheContracts(Language language) throws Exception {
    JsonNode options = settings(language).path("additionalProperties");
    String contract =
        new YAMLMapper()
            .readTree(ROOT.resolve("openapi").resolve("managed-redis.yaml").toFile())
            .path("info")
            .path("version")
            .asText();

    assertThat(options.properties())
        .filteredOn(option -> option.getKey().endsWith("Version"))
        .allSatisfy(option -> assertThat(option.getValue().asText()).isEqualTo(contract));
  }

  /** An execution of the profile {@code clients}. */
  record Language(String name, String generator) {}

  static List<Language> languages() throws Exception {
    NodeList executions =
        (NodeList)
            xpath()
                .evaluate(
                    "//*[local-name()='profile'][*[local-name()='id']='clients']"
                        + PLUGIN
                        + "//*[local-name()='execution']",
                    pom(ROOT.resolve("client-generated")),
                    XPathConstants.NODESET);
    List<Language> languages = new ArrayList<>();
    for (int i = 0; i < executions.getLength(); i++) {
      languages.add(
          new Language(
              xpath().evaluate("*[local-name()='id']", executions.item(i)),
              xpath().evaluate(".//*[local-name()='generatorName']", executions.item(i))));
    }
    return languages;
  }

  private static JsonNode settings(Language language) throws IOException {
    return new YAMLMapper()
        .readTree(LANGUAGES.resolve(language.name()).resolve("generator.yaml").toFile());
  }

  private static Set<String> options(String generator) {
    Set<String> options =
        CodegenConfigLoader.forName(generator).cliOptions().stream()
            .map(CliOption::getOpt)
            .collect(Collectors.toSet());
    if (generator.equals("kotlin")) {
      // It works, but is not listed: OpenAPITools/openapi-generator#24977.
      options.add(CodegenConstants.ENUM_UNKNOWN_DEFAULT_CASE);
    }
    return options;
  }

  private static Set<String> namesOf(JsonNode object) {
    Set<String> names = new TreeSet<>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }

  @ParameterizedTest
  @MethodSource("releases")
  void theClientOfAReleasedContractIsGeneratedLikeTodays(String version) throws Exception {
    Map<String, String> today = client(ROOT.resolve("client-generated"), "client");
    Map<String, String> released = client(ROOT.resolve("server-impl"), "client-" + version);

    assertThat(released).as("the execution client-%s in server-impl", version).isEqualTo(today);
  }

  static List<String> releases() throws IOException {
    try (Stream<Path> files = Files.list(ROOT.resolve("openapi/released"))) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".yaml"))
          .map(name -> name.replaceAll("managed-redis-|\\.yaml", ""))
          .sorted()
          .toList();
    }
  }

  /**
   * The elements of a client's configuration that hold text, but for what a release has of its own.
   */
  private static Map<String, String> client(Path folder, String execution) throws Exception {
    NodeList found =
        (NodeList)
            xpath()
                .evaluate(
                    EXECUTION.formatted(execution, "configuration") + "//*[not(*)]",
                    pom(folder),
                    XPathConstants.NODESET);
    Map<String, String> elements = new TreeMap<>();
    for (int i = 0; i < found.getLength(); i++) {
      if (!OF_A_RELEASE.contains(found.item(i).getLocalName())) {
        elements.put(found.item(i).getLocalName(), found.item(i).getTextContent().strip());
      }
    }
    return elements;
  }

  private static Set<String> names(Document pom, String path) throws XPathExpressionException {
    NodeList found = (NodeList) xpath().evaluate(path, pom, XPathConstants.NODESET);
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < found.getLength(); i++) {
      names.add(found.item(i).getLocalName());
    }
    return names;
  }

  private static Set<String> texts(Document document, String path) throws XPathExpressionException {
    NodeList found = (NodeList) xpath().evaluate(path, document, XPathConstants.NODESET);
    Set<String> texts = new TreeSet<>();
    for (int i = 0; i < found.getLength(); i++) {
      texts.add(found.item(i).getNodeValue());
    }
    return texts;
  }

  private static Document pom(Path folder)
      throws IOException, ParserConfigurationException, SAXException {
    try (InputStream in = Files.newInputStream(folder.resolve("pom.xml"))) {
      return parsed(in);
    }
  }

  private static Document parsed(InputStream in)
      throws IOException, ParserConfigurationException, SAXException {
    DocumentBuilderFactory factory = DocumentBuilderFactory.newInstance();
    factory.setNamespaceAware(true);
    factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
    return factory.newDocumentBuilder().parse(in);
  }

  private static XPath xpath() {
    return XPathFactory.newInstance().newXPath();
  }
}
