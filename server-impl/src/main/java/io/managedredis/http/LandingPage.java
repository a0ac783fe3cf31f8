package io.managedredis.http;

import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.Clusters;
import jakarta.ws.rs.core.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Pattern;
import org.glassfish.grizzly.http.server.Request;
import org.jspecify.annotations.Nullable;

/** The page at {@code /}: what this is, where everything is, and commands that work as they are. */
final class LandingPage {

  /** A name or an address, perhaps with a port; nothing that HTML or a shell would take wrong. */
  private static final Pattern HOST =
      Pattern.compile("([A-Za-z0-9._-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?");

  private static final String TOKEN = "-H \"Authorization: Bearer $TOKEN\" ";

  private final String page;

  /**
   * Fills in all that does not depend on who asks.
   *
   * @param template HTML with {@code {{server}}}, {@code {{contract}}}, {@code {{folder}}}, {@code
   *     {{cluster}}}, {@code {{token}}} and {@code {{origin}}}
   * @param clusters the ones that may be shown to everybody
   * @param needsToken whether the commands need a token to work
   */
  LandingPage(String template, String contractVersion, Clusters clusters, boolean needsToken) {
    @Nullable String packaged = LandingPage.class.getPackage().getImplementationVersion();
    Optional<ClusterDeclaration> first = clusters.all().stream().findFirst();
    page =
        template
            .replace("{{server}}", packaged == null ? "(not packaged)" : packaged)
            .replace("{{contract}}", contractVersion)
            .replace("{{token}}", needsToken ? TOKEN : "")
            .replace("{{folder}}", first.map(ClusterDeclaration::folderId).orElse("FOLDER_ID"))
            .replace("{{cluster}}", first.map(ClusterDeclaration::id).orElse("CLUSTER_ID"));
  }

  /** The page, with commands for the address that this request came to. */
  PageContent content(Request request) {
    return PageContent.fixed(
        PageContent.HTML,
        page.replace("{{origin}}", origin(request)).getBytes(StandardCharsets.UTF_8));
  }

  private static String origin(Request request) {
    // Behind a proxy that ends TLS, only the proxy knows.
    boolean tls = request.isSecure() || "https".equals(request.getHeader("X-Forwarded-Proto"));
    String scheme = tls ? "https" : "http";
    @Nullable String host = request.getHeader(HttpHeaders.HOST);
    return host != null && HOST.matcher(host).matches()
        ? scheme + "://" + host
        : scheme + "://localhost:" + request.getLocalPort();
  }
}
