package io.managedredis;

import java.util.List;
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
    synopsisSubcommandLabel = "COMMAND",
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "0:fine",
      "1:failed; stderr says why",
      "2:wrong usage or configuration; every problem is listed"
    })
public final class Main {

  /** In the order in which the help names them. */
  private static final List<Class<?>> COMMANDS =
      List.of(
          ServeCommand.class,
          VerifyCommand.class,
          ExportCommand.class,
          CatalogCommand.class,
          KeyCommand.class,
          TokenCommand.class,
          CommandLine.HelpCommand.class);

  /** Runs a command and exits with its status. */
  public static void main(String[] arguments) {
    // What people and programs read here has the same digits and words wherever it runs.
    Locale.setDefault(Locale.ROOT);
    LogManager.getLogManager().reset();
    SLF4JBridgeHandler.install();
    System.exit(commandLine(arguments).execute(arguments));
  }

  /**
   * Knows the one command that the first argument names, since making all of them by reflection is
   * a tenth of what a start takes; else all.
   */
  private static CommandLine commandLine(String[] arguments) {
    CommandLine main = new CommandLine(new Main());
    List<Class<?>> wanted =
        COMMANDS.stream()
            .filter(command -> arguments.length > 0 && isNamed(command, arguments[0]))
            .filter(command -> command != CommandLine.HelpCommand.class)
            .toList();
    (wanted.isEmpty() ? COMMANDS : wanted).forEach(main::addSubcommand);
    return main;
  }

  private static boolean isNamed(Class<?> command, String name) {
    return command.getAnnotation(Command.class).name().equals(name);
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
