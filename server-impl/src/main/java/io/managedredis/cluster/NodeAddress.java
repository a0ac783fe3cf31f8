package io.managedredis.cluster;

import java.util.regex.Pattern;

/**
 * Where a node listens.
 *
 * @param host a name or an IP address, an IPv6 one without brackets
 * @param port 1 to 65535
 */
public record NodeAddress(String host, int port) {

  /** Names, IPv4 addresses, and IPv6 addresses with a zone. */
  private static final Pattern HOST = Pattern.compile("[A-Za-z0-9._-]+|[0-9A-Fa-f:.]+(%\\w+)?");

  /** The longest name that DNS knows, RFC 1035, section 2.3.4. */
  private static final int LONGEST = 255;

  /** Throws {@link IllegalArgumentException} for what is no host, or a port out of range. */
  public NodeAddress {
    if (host.length() > LONGEST) {
      throw new IllegalArgumentException(
          "a host's name has at most " + LONGEST + " characters, not " + host.length());
    }
    if (!HOST.matcher(host).matches()) {
      throw new IllegalArgumentException("\"" + host + "\" is no host's name or address");
    }
    if (port < 1 || port > 65535) {
      throw new IllegalArgumentException("port " + port + " is not from 1 to 65535");
    }
  }

  /**
   * Reads {@code host:port} or {@code [ipv6]:port}.
   *
   * @throws IllegalArgumentException saying what is wrong with the text
   */
  public static NodeAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    if (colon <= 0) {
      throw new IllegalArgumentException("\"" + text + "\" is not HOST:PORT");
    }
    String host = text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not HOST:PORT; write an IPv6 address as [ADDRESS]:PORT");
    }
    try {
      return new NodeAddress(host, Integer.parseInt(text.substring(colon + 1)));
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" has no port number", e);
    }
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
