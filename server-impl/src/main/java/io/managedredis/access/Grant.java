package io.managedredis.access;

/**
 * A role on a folder.
 *
 * @param folderId the folder, 1 to 50 characters; {@link #ANY_FOLDER} for all of them
 */
public record Grant(Role role, String folderId) {

  /** Stands for every folder; no folder has this name. */
  public static final String ANY_FOLDER = "*";

  boolean isFor(String folder) {
    return folderId.equals(ANY_FOLDER) || folderId.equals(folder);
  }
}
