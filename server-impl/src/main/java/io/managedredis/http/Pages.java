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
  interface Page {
    PageContent content(Request request) throws ApiException, InterruptedException;
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

  Pages(ContractDocument contract, Readiness readiness, Metrics metrics, Clusters clusters)
      throws IOException {
    PageContent yaml = PageContent.fixed("application/yaml", contract.yaml());
    PageContent json = PageContent.fixed(JSON, contract.json());
    pages.put("/openapi.yaml", request -> yaml);
    pages.put("/openapi.json", request -> json);
    PageContent up =
        PageContent.momentary(JSON, "{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8));
    pages.put("/health/live", request -> up);
    pages.put(
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
        request ->
            PageContent.momentary(
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.scrape().getBytes(StandardCharsets.UTF_8)));
    landing(contract, clusters);
    docs();
  }

  /** The page at a path, as it stands in the request line without its query. */
  Optional<Page> at(String path) {
    return Optional.ofNullable(pages.get(path));
  }

  private void landing(ContractDocument contract, Clusters clusters) throws IOException {
    LandingPage landing =
        new LandingPage(text(OURS + "landing/index.html"), contract.version(), clusters);
    pages.put("/", landing::content);
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

  private void put(String path, String resource) throws IOException {
    try (InputStream in = resource(resource)) {
      PageContent content = PageContent.fixed(mediaType(resource), in.readAllBytes());
      pages.put(path, request -> content);
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
