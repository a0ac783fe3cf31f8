package io.managedredis;

import io.managedredis.config.ListenAddress;
import io.managedredis.config.ServiceConfig;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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

  @Mixin private DataOptions data = new DataOptions();

  @Option(
      names = "--listen",
      paramLabel = "HOST:PORT",
      description = "Listen here instead of where the configuration says. Port 0 takes a free one.")
  private @Nullable String listen;

  @Override
  public Integer call() throws InterruptedException {
    ListenAddress address = address();
    return data.run(
        settings -> {
          ServiceConfig wanted = address == null ? settings : settings.withListen(address);
          try {
            return mayServe(wanted) ? serve(wanted) : CommandLine.ExitCode.USAGE;
          } catch (UnknownHostException e) {
            return cantListen(wanted.listen(), "the host is unknown");
          } catch (BindException e) {
            return cantListen(wanted.listen(), String.valueOf(e.getMessage()));
          }
        });
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

  private @Nullable ListenAddress address() {
    try {
      return listen == null ? null : ListenAddress.parse(listen);
    } catch (IllegalArgumentException e) {
      throw new CommandLine.ParameterException(
          spec.commandLine(), "--listen: " + e.getMessage(), e);
    }
  }

  /** Without auth, whoever reaches the address may do everything: only this host may. */
  private boolean mayServe(ServiceConfig wanted) throws UnknownHostException {
    if (wanted.access().required()) {
      return true;
    }
    for (InetAddress address : InetAddress.getAllByName(wanted.listen().host())) {
      if (!address.isLoopbackAddress()) {
        spec.commandLine()
            .getErr()
            .println(
                "Will not listen on "
                    + wanted.listen().host()
                    + " ("
                    + address.getHostAddress()
                    + ") without auth: whoever reaches it could read, take and delete backups."
                    + " Configure auth, or listen on 127.0.0.1");
        return false;
      }
    }
    log.warn("No auth is configured: every process of this host may read, take and delete backups");
    return true;
  }

  private int cantListen(ListenAddress address, String why) {
    spec.commandLine()
        .getErr()
        .println(
            "Can't listen on "
                + address.host()
                + ":"
                + address.port()
                + ": "
                + why
                + ". Choose another address with --listen or listen in the configuration");
    return CommandLine.ExitCode.SOFTWARE;
  }
}
