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

  private static final Duration MOST_TOLERANCE = Duration.ofMinutes(5);

  private AccessSection() {}

  static AccessSettings read(YamlSection root, Path folder) {
    YamlSection auth = root.section("auth", AUTH_KEYS);
    if (root.has("auth") && !auth.has("tokens") && !auth.has("jwt")) {
      auth.problem(auth.line(), "auth has neither tokens nor jwt; without auth nobody is asked");
    }
    Path tokens = auth.file("tokens", folder).map(Path::normalize).orElse(null);
    JwtSettings jwt = auth.has("jwt") ? jwt(auth.section("jwt", JWT_KEYS), folder) : null;
    return new AccessSettings(
        tokens,
        jwt,
        auth.flag("openMetrics", !root.has("auth")),
        audit(root.section("audit", AUDIT_KEYS), folder));
  }

  private static JwtSettings jwt(YamlSection section, Path folder) {
    String issuer = section.requiredText("issuer").orElse("");
    requireSafe(section, "issuer", uri(section, "issuer"));
    @Nullable URI jwksUri = uri(section, "jwksUri");
    requireSafe(section, "jwksUri", jwksUri);
    List<String> algorithms = new ArrayList<>();
    for (YamlSection.Value value : section.list("algorithms")) {
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
    if (section.has("algorithms") && algorithms.isEmpty()) {
      section.problem(section.line("algorithms"), section.path("algorithms") + " is empty");
    }
    Duration tolerance = section.duration("clockTolerance", Duration.ofSeconds(30));
    if (tolerance.compareTo(MOST_TOLERANCE) > 0) {
      section.problem(
          section.line("clockTolerance"), section.path("clockTolerance") + " must be at most 5m");
    }
    Optional<Path> caFile = section.file("caFile", folder);
    if (caFile.isPresent() && !Files.isReadable(caFile.get())) {
      section.problem(
          section.line("caFile"),
          section.path("caFile") + ": " + caFile.get() + " does not exist, or may not be read");
    }
    return new JwtSettings(
        issuer,
        section.requiredText("audience").orElse(""),
        jwksUri,
        caFile.orElse(null),
        section.text("subjectClaim").orElse("sub"),
        section.requiredText("rolesClaim").orElse(""),
        algorithms.isEmpty() ? List.of("RS256", "ES256") : algorithms,
        tolerance);
  }

  private static @Nullable URI uri(YamlSection section, String key) {
    Optional<String> text = section.text(key);
    if (text.isEmpty()) {
      return null;
    }
    try {
      return new URI(text.get());
    } catch (URISyntaxException e) {
      section.problem(section.line(key), section.path(key) + " is no URI: " + text.get());
      return null;
    }
  }

  /** Whoever can change the issuer's keys on their way here can sign everything. */
  private static void requireSafe(YamlSection section, String key, @Nullable URI uri) {
    if (uri == null) {
      return;
    }
    String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
    String host = String.valueOf(uri.getHost());
    boolean loopback = host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
    if (uri.getHost() == null
        || uri.getUserInfo() != null
        || !(scheme.equals("https") || (scheme.equals("http") && loopback))) {
      section.problem(
          section.line(key),
          section.path(key)
              + " must be an https address without a password (http is for this host only), not "
              + scheme
              + "://"
              + host);
    }
  }

  private static AuditSettings audit(YamlSection section, Path folder) {
    return new AuditSettings(
        section.file("file", folder).map(Path::normalize).orElse(null),
        section.number("fileBytes", 64 << 10, 999_999_999, 16 << 20),
        section.number("files", 2, 1000, 16));
  }
}
