package io.managedredis.testing;

import java.nio.file.Files;
import java.nio.file.Path;

/** Where the contract lies in this source tree: the hand-written file, no copy of it. */
public final class ContractFile {

  private ContractFile() {}

  /**
   * The file.
   *
   * @throws IllegalStateException when the tests run outside the source tree
   */
  public static Path path() {
    Path start = Path.of("").toAbsolutePath();
    for (Path folder = start; folder != null; folder = folder.getParent()) {
      Path file = folder.resolve("openapi").resolve("managed-redis.yaml");
      if (Files.isRegularFile(file)) {
        return file;
      }
    }
    throw new IllegalStateException("no openapi/managed-redis.yaml above " + start);
  }
}
