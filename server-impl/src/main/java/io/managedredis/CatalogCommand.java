package io.managedredis;

import io.managedredis.backup.Reconciliation;
import io.managedredis.catalog.Catalog;
import io.managedredis.http.BackupJson;
import io.managedredis.repository.FolderOwner;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** What can be done with the catalogue. */
@Command(
    name = "catalog",
    description = "Looks after the catalogue, the index of the backups.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = CatalogCommand.Rebuild.class,
    synopsisSubcommandLabel = "COMMAND")
final class CatalogCommand {

  /** Makes a new catalogue from the repository alone. */
  @Command(
      name = "rebuild",
      description =
          "Makes a new catalogue from the backups alone, for when the old one is lost or "
              + "damaged. The server must not run. The old one is kept as catalog.db.old; the "
              + "history of operations stands only there.",
      mixinStandardHelpOptions = true,
      versionProvider = Main.Version.class,
      exitCodeListHeading = "%nExit status:%n",
      exitCodeList = {
        "0:the new catalogue is there",
        "1:it is not, the old one is as it was, and stderr says why",
        "2:wrong usage or configuration"
      })
  static final class Rebuild implements Callable<Integer> {

    private static final String[] PARTS = {"", "-wal", "-shm"};

    @CommandLine.Spec
    private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

    @Mixin private DataOptions data = new DataOptions();

    @Override
    public Integer call() throws InterruptedException {
      return data.run(
          settings -> {
            Path file = DataOptions.catalog(settings);
            if (!Files.isDirectory(DataOptions.repository(settings))) {
              throw new IOException("There is no repository in " + settings.dataDir());
            }
            try (Repository repository =
                LocalRepository.open(
                    DataOptions.repository(settings),
                    settings.backup().compressionLevel(),
                    DataOptions.keyring(settings))) {
              long backups = rebuild(repository, file);
              spec.commandLine().getOut().println(file + ": " + backups + " backups");
            }
            return CommandLine.ExitCode.OK;
          });
    }

    /** Whatever crash comes in between, the server makes what is missing from the repository. */
    private static long rebuild(Repository repository, Path file) throws IOException {
      Path draft = file.resolveSibling("catalog.db.new");
      delete(draft);
      long backups;
      try (Catalog catalog = Catalog.open(draft, new BackupJson())) {
        catalog.bindRepository(repository.id());
        new Reconciliation(repository, catalog.backups()).run();
        backups = catalog.backups().count();
      }
      FolderOwner.handOver(draft);
      Path old = file.resolveSibling("catalog.db.old");
      delete(old);
      move(file, old);
      move(draft, file);
      return backups;
    }

    private static void delete(Path database) throws IOException {
      for (String part : PARTS) {
        boolean unused = Files.deleteIfExists(Path.of(database + part));
      }
    }

    /** The log goes first: without it, the file would lack what was committed last. */
    private static void move(Path from, Path to) throws IOException {
      for (int i = PARTS.length - 1; i >= 0; i--) {
        Path part = Path.of(from + PARTS[i]);
        if (Files.exists(part)) {
          Path unused = Files.move(part, Path.of(to + PARTS[i]), StandardCopyOption.ATOMIC_MOVE);
        }
      }
    }
  }
}
