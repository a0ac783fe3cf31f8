package io.managedredis.crash;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The test's end of the agents: it answers their questions by the plan of the moment. */
public final class StepControl implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(StepControl.class);

  private final ServerSocket door = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
  private volatile Plan plan = Plan.undisturbed(Set.of());
  private final Path repository;

  /** Listens for the servers that have their repository there. */
  public StepControl(Path repository) throws IOException {
    this.repository = repository;
    start("step-control", this::accept);
  }

  /** What the JVM of a server is started with. */
  public String jvmOption(Path agentJar) {
    return "-javaagent:" + agentJar + "=" + door.getLocalPort();
  }

  /** From now on this plan holds. */
  public void follow(Plan next) {
    plan = next;
  }

  private void accept() {
    try {
      while (true) {
        Socket agent = door.accept();
        start("step-agent", () -> answer(agent));
      }
    } catch (IOException e) {
      log.debug("Closed", e);
    }
  }

  private void answer(Socket agent) {
    try (agent;
        DataInputStream in = new DataInputStream(agent.getInputStream());
        DataOutputStream out = new DataOutputStream(agent.getOutputStream())) {
      agent.setTcpNoDelay(true);
      while (true) {
        String kind = in.readUTF();
        String target = in.readUTF();
        if (kind.equals("hangs")) {
          plan.hangs();
        } else {
          out.writeUTF(plan.on(kind, target, Step.name(repository, kind, target)).name());
          out.flush();
        }
      }
    } catch (EOFException | SocketException e) {
      log.debug("A server has ended", e);
    } catch (IOException e) {
      log.error("A server can't be answered", e);
    }
  }

  private static void start(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  @Override
  public void close() throws IOException {
    door.close();
  }
}
