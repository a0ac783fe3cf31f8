package io.managedredis;

import io.managedredis.config.ConfigException;
import io.managedredis.config.ConfigReader;
import io.managedredis.config.ServiceConfig;
import io.managedredis.repository.Keyring;
import io.managedredis.repository.KeysetException;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.StoredBackups;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where the data is, for the commands that work on it beside a server or without one. */
final class DataOptions {

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The configuration that the server has.")
  private Path config = Path.of("");

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where the data is, instead of where the configuration says.")
  private @Nullable Path dataDir;

  /**
   * The configuration, with the data folder that was named.
   *
   * @throws ConfigException when it can't be used
   */
  ServiceConfig settings() throws ConfigException {
    ServiceConfig settings = ConfigReader.read(config, System.getenv());
    return dataDir == null ? settings : settings.withDataDir(dataDir.toAbsolutePath());
  }

  /**
   * The backups, also while a server has them open.
   *
   * @throws RepositoryException when the keyset or the repository can't be read
   */
  static StoredBackups backups(ServiceConfig settings) throws RepositoryException {
    return LocalRepository.openBeside(repository(settings), keyring(settings));
  }

  static Path repository(ServiceConfig settings) {
    return settings.dataDir().resolve("repository");
  }

  static Path catalog(ServiceConfig settings) {
    return settings.dataDir().resolve("catalog.db");
  }

  static Keyring keyring(ServiceConfig settings) throws KeysetException {
    Path keyset = settings.keysetFile();
    return keyset == null ? Keyring.none() : Keyring.read(keyset);
  }
}
