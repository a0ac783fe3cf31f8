package io.managedredis.repository;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A verification as JSON, with the same care as a manifest. */
final class VerificationCodec {
  private final StrictJson json = new StrictJson();

  /** The verification of exactly this backup, which has to name each of its shards once. */
  byte[] encode(BackupId id, Manifest manifest, Verification verification)
      throws ManifestException {
    Rules rules = new Rules(Document.verification(id));
    Set<String> names = check(rules, id, verification);
    Set<String> shards =
        manifest.shards().stream().map(ShardManifest::name).collect(Collectors.toSet());
    rules.require(names.equals(shards), "shards", names, "the manifest has " + shards);
    return json.write(Document.verification(id), verification);
  }

  /** The verification of exactly this backup. */
  Verification decode(BackupId id, byte[] bytes) throws ManifestException {
    Document document = Document.verification(id);
    JsonNode parsed = json.parse(document, bytes);
    StrictJson.formatVersion(document, parsed, Verification.FORMAT_VERSION);
    Verification verification = json.map(document, parsed, Verification.class);
    check(new Rules(document), id, verification);
    return verification;
  }

  private static Set<String> check(Rules rules, BackupId id, Verification verification)
      throws ManifestException {
    rules.require(
        verification.formatVersion() == Verification.FORMAT_VERSION,
        "formatVersion",
        verification.formatVersion(),
        "expected " + Verification.FORMAT_VERSION);
    rules.equal("backupId", verification.backupId(), id.toString());
    rules.instant("startedAt", verification.startedAt());
    rules.instant("completedAt", verification.completedAt());
    List<Verification.VerifiedShard> shards = verification.shards();
    rules.require(!shards.isEmpty(), "shards", "", "a backup has at least one");
    Set<String> names = new HashSet<>();
    for (int i = 0; i < shards.size(); i++) {
      String at = "shards[" + i + "].";
      String name = shards.get(i).name();
      rules.shardName(at + "name", name);
      rules.require(names.add(name), at + "name", name, "another shard has the same name");
      ProofRules.check(rules, at + "proof.", shards.get(i).proof());
    }
    return names;
  }
}
