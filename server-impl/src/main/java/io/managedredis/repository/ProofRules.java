package io.managedredis.repository;

import java.util.Map;
import java.util.regex.Pattern;

/** What must hold in the proofs of a shard. */
final class ProofRules {
  private static final Pattern DETAIL =
      Pattern.compile("[\\x20-\\x7e]{0," + Finding.DETAIL_LIMIT + "}");

  private ProofRules() {}

  static void check(Rules rules, String at, ShardProof proof) throws ManifestException {
    for (Map.Entry<String, Finding> finding : proof.findings().entrySet()) {
      check(rules, at + finding.getKey() + ".", finding.getValue());
    }
  }

  private static void check(Rules rules, String at, Finding finding) throws ManifestException {
    rules.instant(at + "at", finding.at());
    rules.matches(at + "detail", finding.detail(), DETAIL);
    rules.require(
        finding.outcome() != Finding.Outcome.PROVEN || finding.detail().isEmpty(),
        at + "detail",
        finding.detail(),
        "nothing is wrong or missing where it is proven");
  }
}
