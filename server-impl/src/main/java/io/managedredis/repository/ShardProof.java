package io.managedredis.repository;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * All that was proven about a shard's snapshot. Each finding stands for itself and has its own
 * instant.
 *
 * @param checksum the CRC64 that the server wrote behind its snapshot matches all the bytes before
 *     it
 * @param structure the snapshot was walked from its magic to its end, and every part of it was
 *     known
 * @param counts the keys that were counted are as many as the server announced inside the snapshot
 * @param slots every key belongs to a slot that the shard owned
 * @param stored the file was read back, and holds exactly what was captured (length, SHA-256)
 */
public record ShardProof(
    Finding checksum, Finding structure, Finding counts, Finding slots, Finding stored) {

  /** All findings by their names, in the order above. */
  public Map<String, Finding> findings() {
    Map<String, Finding> findings = new LinkedHashMap<>();
    findings.put("checksum", checksum);
    findings.put("structure", structure);
    findings.put("counts", counts);
    findings.put("slots", slots);
    findings.put("stored", stored);
    return findings;
  }

  /** Whether anything that was looked at is wrong. */
  public boolean damaged() {
    return findings().values().stream()
        .anyMatch(finding -> finding.outcome() == Finding.Outcome.DAMAGED);
  }
}
