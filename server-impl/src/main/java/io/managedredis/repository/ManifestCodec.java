package io.managedredis.repository;

import com.fasterxml.jackson.databind.JsonNode;

/** A manifest as JSON. What is impossible is refused when it is written and when it is read. */
final class ManifestCodec {
  private final StrictJson json = new StrictJson();

  /** The manifest as UTF-8. */
  byte[] encode(BackupId id, Manifest manifest) throws ManifestException {
    ManifestRules.check(id, manifest);
    return json.write(Document.manifest(id), manifest);
  }

  /** The manifest of exactly this backup; an old format is told in terms of the new one. */
  Manifest decode(BackupId id, byte[] bytes) throws ManifestException {
    Document document = Document.manifest(id);
    JsonNode parsed = json.parse(document, bytes);
    Manifest manifest =
        StrictJson.formatVersion(document, parsed, Manifest.FORMAT_VERSION) == 1
            ? json.map(document, parsed, ManifestFormat1.class).upgraded()
            : json.map(document, parsed, Manifest.class);
    ManifestRules.check(id, manifest);
    return manifest;
  }
}
