package io.managedredis.access;

import java.util.List;

/**
 * Who makes a call, and what they may do where.
 *
 * @param subject what operations record as {@code createdBy}, 1 to 256 characters
 * @param grants their roles on folders; none of them lets nobody in
 */
public record Caller(String subject, List<Grant> grants) {

  private static final int LONGEST_SUBJECT = 256;

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
    // A loop, since every call comes through here.
    for (Grant grant : grants) {
      if (grant.isFor(folderId) && grant.role().includes(needed)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Whether a text may be a subject: 1 to 256 characters that can be seen, with blanks between
   * them. Nothing in it ends a line or turns its direction: it stands in logs.
   */
  static boolean isSubject(String text) {
    return !text.isEmpty()
        && text.codePointCount(0, text.length()) <= LONGEST_SUBJECT
        && text.strip().equals(text)
        && text.codePoints().allMatch(Caller::isVisible);
  }

  private static boolean isVisible(int codePoint) {
    return switch (Character.getType(codePoint)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
