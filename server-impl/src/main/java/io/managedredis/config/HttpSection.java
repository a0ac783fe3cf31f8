package io.managedredis.config;

import io.managedredis.http.HttpSettings;
import io.managedredis.http.Limits;
import io.managedredis.http.TlsSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads {@code tls}, {@code cors} and {@code limits}. */
final class HttpSection {

  private static final Set<String> TLS_KEYS =
      ConfigReader.keys("certFile", "keyFile", "clientCaFile");
  private static final Set<String> CORS_KEYS = ConfigReader.keys("origins");
  private static final Set<String> LIMIT_KEYS =
      ConfigReader.keys(
          "headerBytes",
          "bodyBytes",
          "headerTimeout",
          "bodyTimeout",
          "idleTimeout",
          "connections",
          "connectionsPerAddress",
          "requestsPerMinute",
          "downloads");

  /** As a browser writes it: RFC 6454, section 6.2, without the opaque one. */
  private static final Pattern ORIGIN =
      Pattern.compile("https?://([-a-z0-9.]+|\\[[0-9a-f:.]+\\])(:[0-9]{1,5})?");

  private HttpSection() {}

  static HttpSettings read(YamlSection root, Path folder) {
    return new HttpSettings(
        root.has("tls") ? tls(root.section("tls", TLS_KEYS), folder) : null,
        origins(root.section("cors", CORS_KEYS)),
        limits(root.section("limits", LIMIT_KEYS)));
  }

  private static @Nullable TlsSettings tls(YamlSection section, Path folder) {
    section.requiredText("certFile");
    section.requiredText("keyFile");
    Optional<Path> cert = section.file("certFile", folder);
    Optional<Path> key = section.file("keyFile", folder);
    Path clientCa = section.file("clientCaFile", folder).orElse(null);
    return cert.isEmpty() || key.isEmpty()
        ? null
        : new TlsSettings(cert.get(), key.get(), clientCa);
  }

  private static List<String> origins(YamlSection section) {
    List<String> origins = new ArrayList<>();
    for (YamlSection.Value value : section.list("origins")) {
      section
          .scalar(value)
          .ifPresent(
              origin -> {
                if (!ORIGIN.matcher(origin).matches()) {
                  section.problem(
                      value.line(),
                      value.path()
                          + " must be an origin such as https://console.example or"
                          + " http://localhost:3000, not "
                          + origin);
                }
                origins.add(origin);
              });
    }
    return origins;
  }

  private static Limits limits(YamlSection section) {
    Limits defaults = Limits.defaults();
    return new Limits(
        section.number("headerBytes", 16 << 10, 1 << 20, defaults.headerBytes()),
        section.number("bodyBytes", 0, 1 << 20, defaults.bodyBytes()),
        section.duration("headerTimeout", defaults.headerTimeout()),
        section.duration("bodyTimeout", defaults.bodyTimeout()),
        section.duration("idleTimeout", defaults.idleTimeout()),
        section.number("connections", 1, 100_000, defaults.connections()),
        section.number("connectionsPerAddress", 1, 100_000, defaults.connectionsPerAddress()),
        section.number("requestsPerMinute", 1, 100_000_000, defaults.requestsPerMinute()),
        section.number("downloads", 1, 16, defaults.downloads()));
  }
}
