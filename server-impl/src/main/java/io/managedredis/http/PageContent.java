package io.managedredis.http;

import jakarta.ws.rs.core.HttpHeaders;
import java.io.IOException;
import java.io.OutputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a page answers: its bytes, and what browsers and caches have to know of them. */
final class PageContent {

  static final String HTML = "text/html; charset=utf-8";

  /**
   * What a page of ours may do: load from this server, and nothing else. Swagger UI draws its icons
   * from {@code data:} URLs.
   */
  private static final String POLICY =
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:;"
          + " connect-src 'self'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'";

  private final String mediaType;
  private final byte[] bytes;
  private final boolean isFixed;

  /** Made when it is asked for first: a server that starts has better things to do. */
  private volatile @Nullable String tag;

  private PageContent(String mediaType, byte[] bytes, boolean isFixed) {
    this.mediaType = mediaType;
    this.bytes = bytes;
    this.isFixed = isFixed;
  }

  /** The same bytes until the server is another one; whoever has them only asks whether it is. */
  static PageContent fixed(String mediaType, byte[] bytes) {
    return new PageContent(mediaType, bytes, true);
  }

  /** Good for this one answer. */
  static PageContent momentary(String mediaType, byte[] bytes) {
    return new PageContent(mediaType, bytes, false);
  }

  private String tag() {
    String known = tag;
    if (known == null) {
      known = '"' + digest(bytes) + '"';
      tag = known;
    }
    return known;
  }

  private static String digest(byte[] bytes) {
    try {
      byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(bytes);
      return HexFormat.of().formatHex(sha256, 0, 16);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
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

  /** What goes with the content, beside its type and length. */
  Map<String, String> headers() {
    Map<String, String> headers = new LinkedHashMap<>();
    if (!isFixed) {
      headers.put(HttpHeaders.CACHE_CONTROL, "no-store");
    } else {
      headers.put(HttpHeaders.ETAG, tag());
      // Kept, but asked for each time: after an upgrade nobody reads the contract of before.
      headers.put(HttpHeaders.CACHE_CONTROL, "no-cache");
    }
    if (mediaType.equals(HTML)) {
      headers.put("Content-Security-Policy", POLICY);
      headers.put("Referrer-Policy", "no-referrer");
      // For browsers that do not know frame-ancestors.
      headers.put("X-Frame-Options", "DENY");
    }
    return headers;
  }

  /**
   * Whether who asks has these very bytes.
   *
   * @param ifNoneMatch the request's header (RFC 9110, 13.1.2), compared weakly
   */
  boolean isKnownTo(@Nullable String ifNoneMatch) {
    if (!isFixed || ifNoneMatch == null) {
      return false;
    }
    String ours = tag();
    return Arrays.stream(ifNoneMatch.split(",", -1))
        .map(String::strip)
        .anyMatch(known -> known.equals("*") || known.equals(ours) || known.equals("W/" + ours));
  }
}
