package io.managedredis.capture;

import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/**
 * A node to take a snapshot from, and how to get in.
 *
 * @param host a name or a literal address, IPv6 without brackets
 * @param port 1 to 65535
 * @param username the ACL user; {@code null} for the default user
 * @param password {@code null} when the server asks for none; never part of a message
 * @param tls makes the TLS connections, whose certificate must be valid for the host; {@code null}
 *     for plain TCP
 */
public record Source(
    String host,
    int port,
    @Nullable String username,
    @Nullable String password,
    @Nullable SSLSocketFactory tls) {

  /**
   * Checks the parts.
   *
   * @throws IllegalArgumentException if the host is blank, the port is not one, or there is a user
   *     without a password
   */
  public Source {
    if (host.isBlank()) {
      throw new IllegalArgumentException("A source needs a host");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException(
          "The port of " + host + " is " + port + ", not 1 to 65535");
    }
    if (username != null && password == null) {
      throw new IllegalArgumentException(
          "The source " + host + ":" + port + " has the user " + username + " but no password");
    }
  }

  /** {@code host:port}, with brackets around an IPv6 address. */
  public String address() {
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + port;
  }

  /** Everything but the password. */
  @Override
  public String toString() {
    return "Source["
        + address()
        + ", username="
        + username
        + ", password="
        + (password == null ? "none" : "(hidden)")
        + ", tls="
        + (tls != null)
        + "]";
  }
}
