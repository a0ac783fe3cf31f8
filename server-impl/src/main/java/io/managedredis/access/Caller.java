package io.managedredis.access;

import java.util.List;

/**
 * Who makes a call, and what they may do where.
 *
 * @param subject what operations record as {@code createdBy}, 1 to 256 characters
 * @param grants their roles on folders; none of them lets nobody in
 */
public record Caller(String subject, List<Grant> grants) {

  /** The caller where nobody has to say who they are. */
  public static final Caller ANONYMOUS =
      new Caller("anonymous", List.of(new Grant(Role.ADMIN, Grant.ANY_FOLDER)));

  /** Copies the list. */
  public Caller {
    grants = List.copyOf(grants);
  }

  /** Whether a folder is there for this caller; every role lets its holder look. */
  public boolean sees(String folderId) {
    return may(Role.VIEWER, folderId);
  }

  /** Whether this caller may do in a folder what needs a role. */
  public boolean may(Role needed, String folderId) {
    return grants.stream()
        .anyMatch(grant -> grant.isFor(folderId) && grant.role().includes(needed));
  }
}
