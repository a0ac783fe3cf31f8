package io.managedredis.http;

import io.managedredis.operation.StatusCode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.TreeMap;

/**
 * What the server answers beside the API: the contract, its documentation, health and metrics.
 * Every page has one fixed path and is looked up by it, so no path can lead anywhere else.
 */
final class Pages {

  /** A page's content, with its media type and character set. */
  static final class Content {
    private final String mediaType;
    private final byte[] bytes;

    Content(String mediaType, byte[] bytes) {
      this.mediaType = mediaType;
      this.bytes = bytes;
    }

    String mediaType() {
      return mediaType;
    }

    int length() {
      return bytes.length;
    }

    void writeTo(OutputStream out) throws IOException {
      out.write(bytes);
    }
  }

  /** Makes the content of a page when it is asked for. */
  @FunctionalInterface
  interface Page {
    Content content() throws ApiException, InterruptedException;
  }

  private static final String JSON = "application/json";
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

  Pages(ContractDocument contract, Readiness readiness, Metrics metrics) throws IOException {
    Content yaml = new Content("application/yaml", contract.yaml());
    Content json = new Content(JSON, contract.json());
    pages.put("/openapi.yaml", () -> yaml);
    pages.put("/openapi.json", () -> json);
    Content up = new Content(JSON, "{\"status\":\"UP\"}".getBytes(StandardCharsets.UTF_8));
    pages.put("/health/live", () -> up);
    pages.put(
        "/health/ready",
        () -> {
          Optional<String> trouble = readiness.trouble();
          if (trouble.isPresent()) {
            throw ApiException.of(StatusCode.UNAVAILABLE, "Not ready: " + trouble.get());
          }
          return up;
        });
    pages.put(
        "/metrics",
        () ->
            new Content(
                "text/plain; version=0.0.4; charset=utf-8",
                metrics.scrape().getBytes(StandardCharsets.UTF_8)));
    docs();
  }

  /** The page at a path, as it stands in the request line without its query. */
  Optional<Page> at(String path) {
    return Optional.ofNullable(pages.get(path));
  }

  private void docs() throws IOException {
    Properties pom = new Properties();
    try (InputStream in = resource(SWAGGER_UI_POM)) {
      pom.load(in);
    }
    for (String file : SWAGGER_UI_FILES) {
      put("/docs/" + file, SWAGGER_UI + pom.getProperty("version") + "/" + file);
    }
    put("/docs/swagger-initializer.js", "/io/managedredis/http/docs/swagger-initializer.js");
    put("/docs/", "/io/managedredis/http/docs/index.html");
  }

  private void put(String path, String resource) throws IOException {
    try (InputStream in = resource(resource)) {
      Content content = new Content(mediaType(resource), in.readAllBytes());
      pages.put(path, () -> content);
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
      case "html" -> "text/html; charset=utf-8";
      default -> "image/png";
    };
  }
}
