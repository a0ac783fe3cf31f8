package io.managedredis.config;

import io.managedredis.access.AccessSettings;
import io.managedredis.access.AuditSettings;
import io.managedredis.access.JwtSettings;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Reads {@code auth} and {@code audit}. */
final class AccessSection {

  private static final Set<String> AUTH_KEYS = ConfigReader.keys("tokens", "jwt", "openMetrics");
  private static final Set<String> JWT_KEYS =
      ConfigReader.keys(
          "issuer",
          "audience",
          "jwksUri",
          "caFile",
          "subjectClaim",
          "rolesClaim",
          "algorithms",
          "clockTolerance");
  private static final Set<String> AUDIT_KEYS = ConfigReader.keys("file", "fileBytes", "files");

  /** Symmetric ones would let everybody sign who can check. */
  private static final Set<String> ALGORITHMS =
      ConfigReader.keys(
          "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512");

  private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");

  private static final Duration MOST_TOLERANCE = Duration.ofMinutes(5);

  private AccessSection() {}

  static AccessSettings read(YamlSection root, Path folder) {
    YamlSection auth = root.section("auth", AUTH_KEYS);
    if (root.has("auth") && !auth.has("tokens") && !auth.has("jwt")) {
      auth.problem(auth.line(), "auth has neither tokens nor jwt; without auth nobody is asked");
    }
    Path tokens = auth.namedFile("tokens", folder).map(Path::normalize).orElse(null);
    JwtSettings jwt = auth.has("jwt") ? jwt(auth.section("jwt", JWT_KEYS), folder) : null;
    return new AccessSettings(
        tokens,
        jwt,
        auth.flag("openMetrics", !root.has("auth")),
        audit(root.section("audit", AUDIT_KEYS), folder));
  }

  private static JwtSettings jwt(YamlSection section, Path folder) {
    String issuer = section.requiredFilledText("issuer").orElse("");
    requireBase(section, "issuer", address(section, "issuer", issuer));
    @Nullable URI jwksUri = address(section, "jwksUri", section.filledText("jwksUri").orElse(""));
    Optional<Path> caFile = section.namedFile("caFile", folder);
    if (caFile.isPresent() && !Files.isReadable(caFile.get())) {
      section.problem(
          section.line("caFile"),
          section.path("caFile") + ": " + caFile.get() + " does not exist, or may not be read");
    }
    return new JwtSettings(
        issuer,
        section.requiredFilledText("audience").orElse(""),
        jwksUri,
        caFile.orElse(null),
        section.filledText("subjectClaim").orElse("sub"),
        section.requiredFilledText("rolesClaim").orElse(""),
        algorithms(section),
        clockTolerance(section));
  }

  private static List<String> algorithms(YamlSection section) {
    List<String> algorithms = new ArrayList<>();
    for (YamlSection.Value value : section.filledList("algorithms")) {
      Optional<String> algorithm = section.scalar(value);
      if (algorithm.isPresent() && !ALGORITHMS.contains(algorithm.get())) {
        section.problem(
            value.line(),
            value.path()
                + " must be one of "
                + String.join(", ", ALGORITHMS)
                + ", not "
                + algorithm.get());
      }
      algorithm.ifPresent(algorithms::add);
    }
    return algorithms.isEmpty() ? List.of("RS256", "ES256") : algorithms;
  }

  /** The verifier counts in seconds. */
  private static Duration clockTolerance(YamlSection section) {
    Duration tolerance = section.duration("clockTolerance", Duration.ofSeconds(30));
    boolean whole = tolerance.toNanosPart() == 0;
    if (!whole || tolerance.compareTo(MOST_TOLERANCE) > 0) {
      section.problem(
          section.line("clockTolerance"),
          section.path("clockTolerance")
              + (whole ? " must be at most 5m, not " : " must be whole seconds, not ")
              + section.text("clockTolerance").orElse(""));
    }
    return tolerance;
  }

  /** The address that a text is, unless it is empty; a problem when it is none or not safe. */
  private static @Nullable URI address(YamlSection section, String key, String text) {
    if (text.isEmpty()) {
      return null;
    }
    try {
      URI uri = new URI(text);
      requireSafe(section, key, uri);
      return uri;
    } catch (URISyntaxException e) {
      // The text may have a password in it.
      section.problem(
          section.line(key),
          section.path(key) + " is no URI: " + e.getReason() + " at character " + e.getIndex());
      return null;
    }
  }

  /** Whoever can change the issuer's keys on their way here can sign everything. */
  private static void requireSafe(YamlSection section, String key, URI uri) {
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    @Nullable String host = uri.getHost();
    if (host == null
        || uri.getUserInfo() != null
        || uri.getPort() > 65535
        || !(scheme.equals("https") || (scheme.equals("http") && LOOPBACK.contains(host)))) {
      section.problem(
          section.line(key),
          section.path(key)
              + " must be an https address without a password (http is for this host only), such"
              + " as https://login.example"
              + (uri.getScheme() == null || host == null
                  ? ""
                  : ", not "
                      + scheme
                      + "://"
                      + host
                      + (uri.getPort() < 0 ? "" : ":" + uri.getPort())));
    }
  }

  /** Paths are put behind an issuer: OpenID Connect Discovery 1.0, sections 3 and 4. */
  private static void requireBase(YamlSection section, String key, @Nullable URI uri) {
    if (uri != null && (uri.getRawQuery() != null || uri.getRawFragment() != null)) {
      section.problem(section.line(key), section.path(key) + " must have no query and no fragment");
    }
  }

  private static AuditSettings audit(YamlSection section, Path folder) {
    return new AuditSettings(
        section.namedFile("file", folder).map(Path::normalize).orElse(null),
        section.number("fileBytes", 64 << 10, 999_999_999, 16 << 20),
        section.number("files", 2, 1000, 16));
  }
}
