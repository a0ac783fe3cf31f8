package io.managedredis.testing;

import java.util.regex.Pattern;

/** Texts for people, without what differs from one request to the next. */
public final class Wording {

  private static final Pattern REQUEST =
      Pattern.compile("[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}");
  private static final Pattern BACKUP =
      Pattern.compile("[a-z0-9][-a-z0-9]*:[0-9]{8}T[0-9]{6}(-[a-z2-7]{8})?");

  /** As the clusters of the examples and of the tests are called. */
  private static final Pattern CLUSTER = Pattern.compile("\\bc9q[0-9a-z]{17}\\b");

  private static final Pattern OPERATION = Pattern.compile("\\b[a-z2-7]{20}\\b");
  private static final Pattern NODE = Pattern.compile("[0-9]+(\\.[0-9]+){3}:[0-9]+");
  private static final Pattern DIGEST = Pattern.compile("\\b[0-9a-f]{64}\\b");
  private static final Pattern NUMBER = Pattern.compile("\\b[0-9]+\\b");

  private Wording() {}

  /** The text with a word in place of each id, address and number. */
  public static String of(String text) {
    String wording = REQUEST.matcher(text).replaceAll("REQUEST");
    wording = BACKUP.matcher(wording).replaceAll("BACKUP");
    wording = CLUSTER.matcher(wording).replaceAll("CLUSTER");
    wording = DIGEST.matcher(wording).replaceAll("DIGEST");
    wording = OPERATION.matcher(wording).replaceAll("OPERATION");
    wording = NODE.matcher(wording).replaceAll("NODE");
    return NUMBER.matcher(wording).replaceAll("NUMBER");
  }

  /** The same, also without what is quoted from a request. */
  public static String withoutQuotes(String text) {
    return of(text.replaceAll("\"[^\"]*\"$", "QUOTED"));
  }
}
