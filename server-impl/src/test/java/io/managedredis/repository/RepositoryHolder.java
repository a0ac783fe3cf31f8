package io.managedredis.repository;

import java.nio.file.Path;

/** A second server: holds a repository until its standard input ends. */
final class RepositoryHolder {
  private RepositoryHolder() {}

  /** Takes the folder of the repository. */
  public static void main(String[] arguments) throws Exception {
    try (LocalRepository held = LocalRepository.open(Path.of(arguments[0]), 1, Keyring.none())) {
      while (System.in.read() >= 0) {
        held.check();
      }
    }
  }
}
