package io.managedredis.http;

import io.managedredis.operation.StatusCode;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Keeps pages of others from calling a server that asks nobody who they are: it listens on a
 * loopback address only, but a browser on the same host reaches it for whatever page it shows.
 */
final class BrowserOrigin {

  /** What a browser says of a request that another site's page makes (Fetch Metadata). */
  private static final Set<String> FOREIGN = Set.of("cross-site", "same-site");

  /** What no name server can point elsewhere: RFC 6761, section 6.3, and loopback addresses. */
  private static final Pattern LOOPBACK =
      Pattern.compile("([-a-z0-9]+\\.)*localhost|127(\\.[0-9]{1,3}){3}|\\[::1\\]");

  private static final Pattern PORT = Pattern.compile(":[0-9]*$");

  private final CrossOrigin named;
  private final boolean tls;
  private final String listenHost;
  private final boolean open;
  private final boolean loopback;

  /** Most callers use one name. */
  private volatile @Nullable String lastOurs;

  /**
   * @param named origins whose pages may call
   * @param tls whether the server's own origin is of https
   * @param listenHost the name or address that the configuration says to listen on
   * @param open whether nobody has to say who they are; if they have to, a page of others lacks
   *     what to say it with, and all is let through
   * @param loopback whether the server listens on a loopback address
   */
  BrowserOrigin(CrossOrigin named, boolean tls, String listenHost, boolean open, boolean loopback) {
    this.named = named;
    this.tls = tls;
    this.listenHost = listenHost.toLowerCase(Locale.ROOT);
    this.open = open;
    this.loopback = loopback;
  }

  /**
   * Lets a request through, or not.
   *
   * @param host the header Host
   * @throws ApiException PERMISSION_DENIED when it came by a name that anybody may have pointed
   *     here
   */
  void requireOurName(@Nullable String host) throws ApiException {
    if (open && loopback && host != null && !host.isBlank() && !isOurs(host)) {
      throw refused(
          "This server asks nobody who they are, and so answers to names of this host alone."
              + " Call it by localhost, or configure auth");
    }
  }

  /**
   * Lets a call through, or not.
   *
   * @param origin the header Origin
   * @param site the header Sec-Fetch-Site
   * @param host the header Host
   * @throws ApiException PERMISSION_DENIED when it may come from a page of others
   */
  void requireOurPage(@Nullable String origin, @Nullable String site, @Nullable String host)
      throws ApiException {
    if (open && isForeign(origin, site, host)) {
      throw refused(
          "A page of another site may not call this server, which asks nobody who they are. Name"
              + " its origin in cors.origins to let it");
    }
  }

  /** A name that resolves to this host only because somebody made it do so is not ours. */
  private boolean isOurs(String host) {
    if (host.equals(lastOurs)) {
      return true;
    }
    String name = PORT.matcher(host.toLowerCase(Locale.ROOT)).replaceFirst("");
    boolean ours =
        LOOPBACK.matcher(name).matches()
            || name.equals(listenHost)
            || name.equals("[" + listenHost + "]");
    if (ours) {
      lastOurs = host;
    }
    return ours;
  }

  private boolean isForeign(@Nullable String origin, @Nullable String site, @Nullable String host) {
    if (origin != null && named.allows(origin)) {
      return false;
    }
    if (site != null && FOREIGN.contains(site)) {
      return true;
    }
    return origin != null
        && !origin.equals(
            (tls ? "https://" : "http://") + String.valueOf(host).toLowerCase(Locale.ROOT));
  }

  private static ApiException refused(String message) {
    return ApiException.of(StatusCode.PERMISSION_DENIED, message);
  }
}
