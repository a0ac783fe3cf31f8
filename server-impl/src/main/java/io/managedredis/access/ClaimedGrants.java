package io.managedredis.access;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads roles on folders from a claim. It may be an array of {@code ROLE:FOLDER}, one text of them
 * with blanks between, or an object of folders with their role or an array of roles. What is none
 * of these is ignored: issuers put roles for others into the same claim.
 */
final class ClaimedGrants {

  /** More than this is no caller's; a check goes through all of them. */
  static final int MOST = 1000;

  private static final Pattern FOLDER = Pattern.compile("[-_.a-zA-Z0-9]{1,50}");

  private final Set<Grant> grants = new LinkedHashSet<>();

  private ClaimedGrants() {}

  /**
   * The grants of a token; none when it has no such claim.
   *
   * @param path the claim's name, or names of objects and a claim with dots between
   * @return empty when there are more than {@link #MOST}
   */
  static Optional<List<Grant>> of(Map<String, Object> claims, String path) {
    ClaimedGrants read = new ClaimedGrants();
    Object claim = at(claims, path);
    if (claim instanceof Map<?, ?> folders) {
      folders.forEach(read::addAll);
    } else if (claim instanceof Collection<?> entries) {
      entries.forEach(read::add);
    } else if (claim instanceof String text) {
      for (String entry : text.split("\\s+", -1)) {
        read.add(entry);
      }
    }
    return read.grants.size() > MOST ? Optional.empty() : Optional.of(List.copyOf(read.grants));
  }

  /** A name may have dots of its own, such as an address, so the longer one goes first. */
  private static @Nullable Object at(Map<?, ?> object, String path) {
    Object whole = object.get(path);
    if (whole != null) {
      return whole;
    }
    for (int dot = path.lastIndexOf('.'); dot > 0; dot = path.lastIndexOf('.', dot - 1)) {
      if (object.get(path.substring(0, dot)) instanceof Map<?, ?> inner) {
        Object found = at(inner, path.substring(dot + 1));
        if (found != null) {
          return found;
        }
      }
    }
    return null;
  }

  private void add(@Nullable Object entry) {
    if (entry instanceof String text) {
      int colon = text.indexOf(':');
      if (colon > 0) {
        add(text.substring(0, colon), text.substring(colon + 1));
      }
    }
  }

  private void addAll(@Nullable Object folder, @Nullable Object roles) {
    if (folder instanceof String name) {
      Collection<?> each = roles instanceof Collection<?> several ? several : named(roles);
      for (Object role : each) {
        if (role instanceof String text) {
          add(text, name);
        }
      }
    }
  }

  private static List<?> named(@Nullable Object role) {
    return role == null ? List.of() : List.of(role);
  }

  private void add(String role, String folder) {
    if (folder.equals(Grant.ANY_FOLDER) || FOLDER.matcher(folder).matches()) {
      Role.named(role).ifPresent(known -> grants.add(new Grant(known, folder)));
    }
  }
}
