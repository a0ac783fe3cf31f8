package io.managedredis.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.Assumptions;

/**
 * The servers that backups are proven against. Redis 6.2 is always here; {@code .ci/servers}
 * fetches the others into the folder that the system property {@code servers.dir} names.
 */
public enum ServerVersion {
  REDIS_6_2("Redis", "6.2", "REDIS0009"),
  REDIS_7_0("Redis", "7.0", "REDIS0010"),
  REDIS_8_0("Redis", "8.0", "REDIS0012"),
  VALKEY_8_1("Valkey", "8.1", "REDIS0011"),
  VALKEY_9_1("Valkey", "9.1", "VALKEY080");

  private final String product;
  private final String version;
  private final String magic;

  ServerVersion(String product, String version, String magic) {
    this.product = product;
    this.version = version;
    this.magic = magic;
  }

  /** {@code redis} or {@code valkey}, as its programs are called. */
  public String product() {
    return product.toLowerCase(Locale.ROOT);
  }

  /** Major and minor version, such as {@code 8.1}. */
  public String version() {
    return version;
  }

  /** The first nine bytes of its snapshots. */
  public String magic() {
    return magic;
  }

  /**
   * A server of this version to be set up, with the DEBUG command allowed.
   *
   * @throws org.opentest4j.TestAbortedException if it is not here, saying why; the test is skipped
   */
  public RedisProcess.Builder builder() {
    RedisProcess.Builder builder = RedisProcess.builder().binary(program("server"));
    return this == REDIS_6_2 ? builder : builder.setting("enable-debug-command", "yes");
  }

  /**
   * The checker of snapshots, {@code redis-check-rdb} or {@code valkey-check-rdb}, that belongs to
   * it.
   *
   * @throws org.opentest4j.TestAbortedException if it is not here, saying why; the test is skipped
   */
  public Path checker() {
    return program("check-rdb");
  }

  private Path program(String role) {
    if (this == REDIS_6_2) {
      return role.equals("server") ? RedisBinary.path() : RedisBinary.checker();
    }
    return fetched(System.getProperty("servers.dir", ""), role);
  }

  /** What the script fetched into the folder, which is empty where nobody named one. */
  Path fetched(String folder, String role) {
    Assumptions.assumeFalse(
        folder.isEmpty(), this + " is not here: it takes .ci/servers and the profile servers");
    String name = product() + "-" + version;
    Path program = Path.of(folder, name, product() + "-" + role);
    Assumptions.assumeTrue(
        Files.isExecutable(program),
        () -> this + " is not here: " + reason(Path.of(folder, name + ".missing")));
    return program;
  }

  private static String reason(Path file) {
    try {
      return Files.exists(file)
          ? Files.readString(file).strip()
          : ".ci/servers did not fetch it into " + file.getParent();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Such as {@code Valkey 8.1}: what reports call it. */
  @Override
  public String toString() {
    return product + " " + version;
  }
}
