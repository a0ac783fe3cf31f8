package io.managedredis;

import io.managedredis.catalog.CatalogException;
import io.managedredis.config.ConfigException;
import io.managedredis.config.ConfigReader;
import io.managedredis.config.ListenAddress;
import io.managedredis.config.ServiceConfig;
import io.managedredis.repository.KeysetException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Runs the service until it is told to end. */
@Command(
    name = "serve",
    description = {
      "Runs the service until it gets SIGTERM or SIGINT.",
      "Prints the address that it listens on to stdout, and its log to stderr."
    },
    mixinStandardHelpOptions = true,
    versionProvider = Main.Version.class,
    exitCodeListHeading = "%nExit status:%n",
    exitCodeList = {
      "1:could not start; stderr says why",
      "2:wrong usage or configuration; every problem is listed",
      "130:ended by SIGINT, in order",
      "143:ended by SIGTERM, in order"
    })
final class ServeCommand implements Callable<Integer> {

  private static final Logger log = LoggerFactory.getLogger(ServeCommand.class);

  @CommandLine.Spec
  private CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.create();

  @Option(
      names = "--config",
      paramLabel = "FILE",
      required = true,
      description = "The configuration, in YAML. README.md lists its keys.")
  private Path config = Path.of("");

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Listen here instead of where the configuration says. Port 0 takes a free one.")
  private @Nullable String listen;

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Keep catalogue and backups here instead of where the configuration says.")
  private @Nullable Path dataDir;

  @Override
  public Integer call() throws InterruptedException {
    ServiceConfig settings;
    try {
      settings = settings();
    } catch (ConfigException e) {
      e.problems().forEach(spec.commandLine().getErr()::println);
      return CommandLine.ExitCode.USAGE;
    }
    try {
      warnOfOpenDoor(InetAddress.getByName(settings.listen().host()));
    } catch (UnknownHostException e) {
      spec.commandLine().getErr().println(cantListen(settings.listen(), "the host is unknown"));
      return CommandLine.ExitCode.SOFTWARE;
    }
    try {
      return serve(settings);
    } catch (KeysetException e) {
      spec.commandLine().getErr().println("encryption.keysetFile: " + e.getMessage());
      return CommandLine.ExitCode.USAGE;
    } catch (IOException | CatalogException e) {
      spec.commandLine().getErr().println(reason(e, settings.listen()));
      return CommandLine.ExitCode.SOFTWARE;
    }
  }

  private int serve(ServiceConfig settings) throws IOException, InterruptedException {
    CountDownLatch ended = new CountDownLatch(1);
    Service service = new Service(settings);
    Thread end =
        new Thread(
            () -> {
              log.info("Ending");
              service.close();
              log.info("Ended");
              ended.countDown();
            },
            "shutdown");
    Runtime.getRuntime().addShutdownHook(end);
    spec.commandLine().getOut().println("Listening on " + service.url());
    spec.commandLine().getOut().flush();
    ended.await();
    return CommandLine.ExitCode.OK;
  }

  private ServiceConfig settings() throws ConfigException {
    @Nullable ListenAddress address = null;
    if (listen != null) {
      try {
        address = ListenAddress.parse(listen);
      } catch (IllegalArgumentException e) {
        throw new CommandLine.ParameterException(
            spec.commandLine(), "--listen: " + e.getMessage(), e);
      }
    }
    ServiceConfig settings = ConfigReader.read(config, System.getenv());
    if (address != null) {
      settings = settings.withListen(address);
    }
    return dataDir == null ? settings : settings.withDataDir(dataDir.toAbsolutePath());
  }

  private static void warnOfOpenDoor(InetAddress address) {
    if (!address.isLoopbackAddress()) {
      log.warn(
          "Listening on {}: whoever reaches it may read, take and delete backups; nobody has to"
              + " say who they are",
          address.getHostAddress());
    }
  }

  private static String reason(Exception e, ListenAddress address) {
    return e instanceof BindException
        ? cantListen(address, String.valueOf(e.getMessage()))
        : String.valueOf(e.getMessage());
  }

  private static String cantListen(ListenAddress address, String why) {
    return "Can't listen on "
        + address.host()
        + ":"
        + address.port()
        + ": "
        + why
        + ". Choose another address with --listen or listen in the configuration";
  }
}
