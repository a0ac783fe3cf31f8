package io.managedredis;

import java.util.Locale;
import java.util.logging.LogManager;
import org.slf4j.bridge.SLF4JBridgeHandler;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** The command line. */
@Command(
    name = "managed-redis-backup",
    description = "Takes backups of Redis and Valkey clusters, and answers for them over REST.",
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    subcommands = {
      ServeCommand.class,
      VerifyCommand.class,
      ExportCommand.class,
      CatalogCommand.class,
      KeyCommand.class,
      TokenCommand.class,
      CommandLine.HelpCommand.class
    },
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:fine",
      "1:failed; stderr says why",
      "2:wrong usage or configuration; every problem is listed"
    })
public final class Main {

  /** Runs a command and exits with its status. */
  public static void main(String[] arguments) {
    // What people and programs read here has the same digits and words wherever it runs.
    Locale.setDefault(Locale.ROOT);
    LogManager.getLogManager().reset();
    SLF4JBridgeHandler.install();
    System.exit(new CommandLine(new Main()).execute(arguments));
  }

  /** The version that the build wrote into the jar. */
  static final class Version implements CommandLine.IVersionProvider {
    @Override
    public String[] getVersion() {
      String version = Main.class.getPackage().getImplementationVersion();
      return new String[] {
        "managed-redis-backup " + (version == null ? "(not packaged)" : version)
      };
    }
  }
}
