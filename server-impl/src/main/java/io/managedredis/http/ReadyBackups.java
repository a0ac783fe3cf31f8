package io.managedredis.http;

import io.managedredis.api.model.ListBackupsResponse;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A page of backups, each as it was written for the catalogue. */
final class ReadyBackups extends ListBackupsResponse implements ReadyJson {

  private static final byte[] BEGIN = ascii("{\"backups\":[");
  private static final byte[] END = ascii("]}");

  private final byte[] json;

  /**
   * Puts a page together.
   *
   * @param joined the backups' JSON with commas between them
   * @param nextPageToken in the alphabet of base64; null on the last page
   */
  ReadyBackups(byte[] joined, @Nullable String nextPageToken) {
    byte[] end =
        nextPageToken == null ? END : ascii("],\"nextPageToken\":\"" + nextPageToken + "\"}");
    json = new byte[BEGIN.length + joined.length + end.length];
    System.arraycopy(BEGIN, 0, json, 0, BEGIN.length);
    System.arraycopy(joined, 0, json, BEGIN.length, joined.length);
    System.arraycopy(end, 0, json, BEGIN.length + joined.length, end.length);
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  @Override
  public byte[] json() {
    return json;
  }
}
