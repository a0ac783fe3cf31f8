package io.managedredis.repository;

import java.util.UUID;
import java.util.regex.Pattern;

/** The names that may become part of a path, and how a foreign name is shown. */
final class Names {
  static final String MANIFEST = "manifest.json";
  static final String MANIFEST_DRAFT = "manifest.json.tmp";
  static final String VERIFICATION = "verification.json";

  private static final String DATA_FILE_ENDING = ".rdb.zst";
  private static final Pattern CLUSTER_ID = Pattern.compile("[a-z0-9][-a-z0-9]{0,49}");
  private static final Pattern SUFFIX = Pattern.compile("[0-9A-Za-z][-0-9A-Za-z]{0,23}");
  private static final Pattern SHARD = Pattern.compile("[a-zA-Z0-9_-]{1,63}");
  private static final Pattern VERIFICATION_DRAFT =
      Pattern.compile("verification\\.json\\.[0-9a-f]{32}\\.tmp");
  private static final Pattern UNPRINTABLE = Pattern.compile("[^\\x20-\\x7e]");
  private static final int SHOWN = 120;

  private Names() {}

  static boolean isClusterId(String name) {
    return CLUSTER_ID.matcher(name).matches();
  }

  static boolean isSuffix(String name) {
    return SUFFIX.matcher(name).matches();
  }

  static boolean isShardName(String name) {
    return SHARD.matcher(name).matches();
  }

  static String dataFile(String shardName) {
    return shardName + DATA_FILE_ENDING;
  }

  /** Another name each time, since several processes may write a verification at once. */
  static String verificationDraft() {
    return VERIFICATION + "." + UUID.randomUUID().toString().replace("-", "") + ".tmp";
  }

  static boolean isVerificationDraft(String file) {
    return VERIFICATION_DRAFT.matcher(file).matches();
  }

  /** Whether a file of this name inside a backup's folder was written by us. */
  static boolean isOurs(String file) {
    if (file.equals(MANIFEST)
        || file.equals(MANIFEST_DRAFT)
        || file.equals(VERIFICATION)
        || isVerificationDraft(file)) {
      return true;
    }
    return file.endsWith(DATA_FILE_ENDING)
        && isShardName(file.substring(0, file.length() - DATA_FILE_ENDING.length()));
  }

  /** A foreign text for a message or a log line: short, and without control characters. */
  static String printable(String foreign) {
    return "'" + inOneLine(foreign) + "'";
  }

  /** The same without quotes, for what is mostly ours. */
  static String inOneLine(String foreign) {
    String cut = foreign.length() > SHOWN ? foreign.substring(0, SHOWN) + "..." : foreign;
    return UNPRINTABLE.matcher(cut).replaceAll("?");
  }
}
