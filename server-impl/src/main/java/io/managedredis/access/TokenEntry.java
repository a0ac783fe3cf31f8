package io.managedredis.access;

import java.time.Instant;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the file of tokens says of one token. The token itself is nowhere.
 *
 * @param id the public part of the token, 12 hexadecimal digits
 * @param secretHash the SHA-256 of the secret part, 64 hexadecimal digits
 * @param subject whose token it is, 1 to 256 visible characters and blanks
 * @param grants 1 to 100 roles on folders
 * @param createdAt when it was made
 * @param expiresAt from when on it is no longer taken; null for never
 */
public record TokenEntry(
    String id,
    String secretHash,
    String subject,
    List<Grant> grants,
    Instant createdAt,
    @Nullable Instant expiresAt) {

  private static final Pattern ID = Pattern.compile("[0-9a-f]{12}");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{64}");
  private static final Pattern FOLDER = Pattern.compile("[-_.a-zA-Z0-9]{1,50}|\\*");
  private static final int MOST_GRANTS = 100;

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException when a part is not of its shape; the message names the part
   */
  public TokenEntry {
    grants = List.copyOf(grants);
    if (!ID.matcher(id).matches()) {
      throw new IllegalArgumentException("the id is not 12 hexadecimal digits");
    }
    if (!HASH.matcher(secretHash).matches()) {
      throw new IllegalArgumentException("the hash is not 64 hexadecimal digits");
    }
    if (!Caller.isSubject(subject)) {
      throw new IllegalArgumentException(
          "the subject is not 1 to 256 visible characters and blanks between them");
    }
    if (grants.isEmpty() || grants.size() > MOST_GRANTS) {
      throw new IllegalArgumentException("there are not 1 to 100 roles on folders");
    }
    if (!grants.stream().allMatch(grant -> FOLDER.matcher(grant.folderId()).matches())) {
      throw new IllegalArgumentException(
          "a folder is neither * nor 1 to 50 of a-z, A-Z, 0-9, -, _ and .");
    }
  }

  /** Whether it is no longer taken at that instant. */
  public boolean isExpired(Instant at) {
    return expiresAt != null && !at.isBefore(expiresAt);
  }

  Caller caller() {
    return new Caller(subject, grants);
  }
}
