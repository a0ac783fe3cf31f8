package io.managedredis;

import io.managedredis.access.TokenFileException;
import io.managedredis.catalog.CatalogException;
import io.managedredis.config.ConfigException;
import io.managedredis.config.ConfigReader;
import io.managedredis.config.ServiceConfig;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.Keyring;
import io.managedredis.repository.KeysetException;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.StoredBackups;
import io.managedredis.tls.TlsFileException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Option;

/** Where the data is; what the commands that work on it have in common. */
final class DataOptions {

  @CommandLine.Spec(CommandLine.Spec.Target.MIXEE)
  private CommandLine.Model.CommandSpec command = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The configuration, in YAML. README.md lists its keys.")
  private Path config = Path.of("");

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where catalogue and backups are, instead of where the configuration says.")
  private @Nullable Path dataDir;

  /** What a command does once its configuration is known; answers the exit status. */
  @FunctionalInterface
  interface Work {
    int with(ServiceConfig settings) throws IOException, InterruptedException;
  }

  /** Does it, and answers its exit status, or the one of what went wrong, which stderr tells. */
  int run(Work work) throws InterruptedException {
    PrintWriter err = command.commandLine().getErr();
    try {
      ServiceConfig settings = ConfigReader.read(config, System.getenv());
      return work.with(dataDir == null ? settings : settings.withDataDir(dataDir.toAbsolutePath()));
    } catch (ConfigException e) {
      e.problems().forEach(err::println);
      return CommandLine.ExitCode.USAGE;
    } catch (KeysetException e) {
      err.println("encryption.keysetFile: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    } catch (TokenFileException e) {
      err.println("auth.tokens: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    } catch (TlsFileException e) {
      err.println("tls: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    } catch (IOException | CatalogException e) {
      err.println(e.getMessage());
      return CommandLine.ExitCode.SOFTWARE;
    }
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

  /** Reads the id of a backup off the command line. */
  static final class BackupIdConverter implements CommandLine.ITypeConverter<BackupId> {
    @Override
    public BackupId convert(String text) {
      return BackupId.parse(text)
          .orElseThrow(
              () ->
                  new CommandLine.TypeConversionException(
                      "'" + text + "' is not the id of a backup: CLUSTER:SUFFIX"));
    }
  }
}
