package io.managedredis.http;

import io.managedredis.cluster.Clusters;
import io.managedredis.operation.StatusCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;
import org.glassfish.grizzly.http.server.Request;

/**
 * What the server answers beside the API: the landing page, the contract, its documentation, health
 * and metrics. Every page has one fixed path and is looked up by it, so no path can lead anywhere
 * else.
 */
final class Pages {

  /** Makes the content of a page when it is asked for. */
  @FunctionalInterface
  interface Content {
    PageContent of(Request request) throws ApiException, InterruptedException;
  }

  /**
   * A page.
   *
   * @param isOpen whether nobody is asked who they are
   */
  record Page(boolean isOpen, Content content) {
    PageContent content(Request request) throws ApiException, InterruptedException {
      return content.of(request);
    }
  }

  private static final String JSON = "application/json";
  private static final String OURS = "/io/managedredis/http/";
  private static final String SWAGGER_UI = "/META-INF/resources/webjars/swagger-ui/";
  private static final String SWAGGER_UI_POM =
      "/META-INF/maven/org.webjars/swagger-ui/pom.properties";
  private static final List<String> SWAGGER_UI_FILES =
      List.of(
          "swagger-ui.css",
          "index.css",
          "swagger-ui-bundle.js",
          "swagger-ui-standalone-preset.js",
          "favicon-16x16.png",
          "favicon-32x32.png");

  private final Map<String, Page> pages = new TreeMap<>();

  Pages(
      ContractDocument contract,
      Readiness readiness,
      Metrics metrics,
      boolean openMetrics,
      Clusters clusters,
      boolean needsToken)
      throws IOException {
    PageContent yaml = PageContent.fixed("application/yaml", contract.yaml());
    PageContent json = PageContent.fixed(JSON, contract.json());
    open("/openapi.yaml", request -> yaml);
    open("/openapi.json", request -> json);
    PageContent up =
        PageContent.momentary(JSON, "{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8));
    open("/health/live", request -> up);
    open(
        "/health/ready",
        request -> {
          Optional<String> trouble = readiness.trouble();
          if (trouble.isPresent()) {
            throw ApiException.of(StatusCode.UNAVAILABLE, "Not ready: " + trouble.get());
          }
          return up;
        });
    pages.put(
        "/metrics",
        new Page(
            openMetrics,
            request ->
                PageContent.momentary(
                    "text/plain; version=0.0.4; charset=utf-8",
                    metrics.scrape().getBytes(StandardCharsets.UTF_8))));
    landing(contract, clusters, needsToken);
    docs();
  }

  /** The page at a path, as it stands in the request line without its query. */
  Optional<Page> at(String path) {
    return Optional.ofNullable(pages.get(path));
  }

  private void landing(ContractDocument contract, Clusters clusters, boolean needsToken)
      throws IOException {
    LandingPage landing =
        new LandingPage(
            text(OURS + "landing/index.html"), contract.version(), clusters, needsToken);
    open("/", landing::content);
    put("/landing.css", OURS + "landing/landing.css");
    put("/landing.svg", OURS + "landing/landing.svg");
  }

  private void docs() throws IOException {
    Properties pom = new Properties();
    try (InputStream in = resource(SWAGGER_UI_POM)) {
      pom.load(in);
    }
    for (String file : SWAGGER_UI_FILES) {
      put("/docs/" + file, SWAGGER_UI + pom.getProperty("version") + "/" + file);
    }
    put("/docs/swagger-initializer.js", OURS + "docs/swagger-initializer.js");
    put("/docs/docs.css", OURS + "docs/docs.css");
    put("/docs/", OURS + "docs/index.html");
  }

  private void open(String path, Content content) {
    pages.put(path, new Page(true, content));
  }

  private void put(String path, String resource) throws IOException {
    try (InputStream in = resource(resource)) {
      PageContent content = PageContent.fixed(mediaType(resource), in.readAllBytes());
      open(path, request -> content);
    }
  }

  private static String text(String resource) throws IOException {
    try (InputStream in = resource(resource)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private static InputStream resource(String name) throws IOException {
    InputStream in = Pages.class.getResourceAsStream(name);
    if (in == null) {
      throw new IOException("the resource " + name + " is missing from this build");
    }
    return in;
  }

  private static String mediaType(String name) {
    return switch (name.substring(name.lastIndexOf('.') + 1)) {
      case "css" -> "text/css; charset=utf-8";
      case "js" -> "text/javascript; charset=utf-8";
      case "html" -> PageContent.HTML;
      case "svg" -> "image/svg+xml";
      default -> "image/png";
    };
  }
}
