package io.managedredis.access;

import java.util.Locale;
import java.util.Optional;

/** What a caller may do in a folder. The meanings are the vendor's. */
public enum Role {
  /** Get and list. */
  VIEWER,
  /** What a viewer may, and take, verify and delete backups. */
  EDITOR,
  /** What a viewer may, and download, which is the first half of restoring. */
  RESTORER,
  /** Everything. */
  ADMIN;

  /** Whether who has this role may do what needs the other one. */
  public boolean includes(Role needed) {
    return this == needed || this == ADMIN || needed == VIEWER;
  }

  /** The role of that name, as the contract and the configuration write it. */
  public static Optional<Role> named(String name) {
    for (Role role : values()) {
      if (role.toString().equals(name)) {
        return Optional.of(role);
      }
    }
    return Optional.empty();
  }

  /** The name, in small letters. */
  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
