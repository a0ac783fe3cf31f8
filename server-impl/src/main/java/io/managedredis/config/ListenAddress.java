package io.managedredis.config;

/**
 * Where to listen.
 *
 * @param host a name or an IP address of this host
 * @param port 0 to 65535; 0 takes a free one
 */
public record ListenAddress(String host, int port) {

  /**
   * Reads {@code HOST:PORT} or {@code [IPV6]:PORT}.
   *
   * @throws IllegalArgumentException saying what is wrong with the text
   */
  public static ListenAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    String host = colon < 0 ? "" : text.substring(0, colon);
    if (host.startsWith("[") && host.endsWith("]")) {
      host = host.substring(1, host.length() - 1);
    } else if (host.indexOf(':') >= 0) {
      host = "";
    }
    if (host.isBlank()) {
      throw new IllegalArgumentException(
          "\"" + text + "\" is not HOST:PORT, such as 127.0.0.1:8080 or [::1]:8080");
    }
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      if (port >= 0 && port <= 65535) {
        return new ListenAddress(host, port);
      }
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException("\"" + text + "\" has no port number", e);
    }
    throw new IllegalArgumentException("the port of \"" + text + "\" is not from 0 to 65535");
  }
}
