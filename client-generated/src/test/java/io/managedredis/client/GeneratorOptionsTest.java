package io.managedredis.client;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import javax.xml.xpath.XPath;
import javax.xml.xpath.XPathConstants;
import javax.xml.xpath.XPathExpressionException;
import javax.xml.xpath.XPathFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.openapitools.codegen.CliOption;
import org.openapitools.codegen.CodegenConfigLoader;
import org.w3c.dom.Document;
import org.w3c.dom.NodeList;
import org.xml.sax.SAXException;

/**
 * The generator takes an option that it does not know without a word, so a misspelt one would do
 * nothing: each is looked up in what {@code config-help} lists.
 */
class GeneratorOptionsTest {

  private static final Path ROOT = Path.of("..");
  private static final String PLUGIN =
      "//*[local-name()='plugin'][*[local-name()='artifactId']='openapi-generator-maven-plugin']";
  private static final String CONFIGURATION = PLUGIN + "//*[local-name()='configuration']";

  @ParameterizedTest
  @CsvSource({"client-generated, java", "server-impl, jaxrs-spec"})
  void everyConfiguredOptionIsKnownToTheGenerator(String module, String generator)
      throws Exception {
    Set<String> known =
        CodegenConfigLoader.forName(generator).cliOptions().stream()
            .map(CliOption::getOpt)
            .collect(Collectors.toSet());
    Set<String> configured =
        configured(module, CONFIGURATION + "/*[local-name()='configOptions']/*");

    assertThat(configured).isNotEmpty();
    assertThat(known).as("options of %s", generator).containsAll(configured);
  }

  @ParameterizedTest
  @CsvSource({"client-generated, java", "server-impl, jaxrs-spec"})
  void theModuleGeneratesWithTheGeneratorWhoseOptionsAreAsked(String module, String generator)
      throws Exception {
    Document pom = pom(ROOT.resolve(module));

    assertThat(xpath().evaluate(CONFIGURATION + "/*[local-name()='generatorName']", pom))
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

    assertThat(known).containsAll(configured(module, CONFIGURATION + "/*"));
  }

  /** Names of elements in the parent's pom and the module's, which Maven merges. */
  private static Set<String> configured(String module, String path) throws Exception {
    Set<String> names = new TreeSet<>();
    for (Path folder : new Path[] {ROOT, ROOT.resolve(module)}) {
      NodeList found = (NodeList) xpath().evaluate(path, pom(folder), XPathConstants.NODESET);
      for (int i = 0; i < found.getLength(); i++) {
        names.add(found.item(i).getLocalName());
      }
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
