package io.managedredis.catalog;

/** How a backup is written for those who read it: what the catalogue keeps as its document. */
public interface BackupRendering {

  /** The document of a backup: JSON in UTF-8, the same bytes for the same entry at any time. */
  byte[] render(BackupEntry entry);

  /**
   * Names this way of rendering: 1 to 64 of {@code [a-zA-Z0-9]}, another name as soon as any
   * document would look different. Then all of them are rendered anew when the catalogue opens.
   */
  String version();
}
