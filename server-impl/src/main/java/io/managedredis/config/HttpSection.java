package io.managedredis.config;

import io.managedredis.http.HttpSettings;
import io.managedredis.http.Limits;
import io.managedredis.http.TlsSettings;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
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
      Pattern.compile("(https?)://(?:[-a-z0-9.]+|\\[[0-9a-f:.]+\\])(?::([1-9][0-9]{0,4}))?");

  private HttpSection() {}

  static HttpSettings read(YamlSection root, Path folder) {
    return new HttpSettings(
        root.has("tls") ? tls(root.section("tls", TLS_KEYS), folder) : null,
        origins(root.section("cors", CORS_KEYS)),
        limits(root.section("limits", LIMIT_KEYS)));
  }

  private static @Nullable TlsSettings tls(YamlSection section, Path folder) {
    Optional<Path> cert = required(section, "certFile", folder);
    Optional<Path> key = required(section, "keyFile", folder);
    Path clientCa = section.namedFile("clientCaFile", folder).orElse(null);
    return cert.isEmpty() || key.isEmpty()
        ? null
        : new TlsSettings(cert.get(), key.get(), clientCa);
  }

  private static Optional<Path> required(YamlSection section, String key, Path folder) {
    if (!section.has(key)) {
      section.problem(section.line(), section.path(key) + " is missing");
    }
    return section.namedFile(key, folder);
  }

  private static List<String> origins(YamlSection section) {
    List<String> origins = new ArrayList<>();
    for (YamlSection.Value value : section.list("origins")) {
      section
          .scalar(value)
          .ifPresent(
              origin -> {
                if (!isOrigin(origin)) {
                  section.problem(
                      value.line(),
                      value.path()
                          + " must be an origin as browsers write it, such as"
                          + " https://console.example or http://localhost:3000, not "
                          + origin);
                }
                origins.add(origin);
              });
    }
    return origins;
  }

  /** A browser leaves the scheme's own port out, and origins are compared letter by letter. */
  private static boolean isOrigin(String text) {
    Matcher matcher = ORIGIN.matcher(text);
    if (!matcher.matches()) {
      return false;
    }
    String port = matcher.group(2);
    return port == null
        || (Integer.parseInt(port) <= 65535
            && !port.equals("https".equals(matcher.group(1)) ? "443" : "80"));
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
