package io.managedredis.crash;

import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.ClassFileTransformer;
import java.lang.instrument.Instrumentation;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystemException;
import java.nio.file.Path;
import java.security.ProtectionDomain;
import java.util.Collections;
import java.util.Map;
import java.util.Objects;
import java.util.WeakHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jdbi.v3.core.transaction.TransactionException;
import org.jspecify.annotations.Nullable;
import org.sqlite.SQLiteException;

/**
 * Runs inside the server. Before each durable step it asks the test over a socket, and waits for
 * the verdict. It needs nothing that the server's jar has not, so the server starts as fast as
 * ever: the two classes come woven in the agent's own jar, see {@link AgentJar}.
 */
public final class StepAgent {
  static final String FILES = "io/managedredis/repository/DiskFiles";
  static final String DATABASE = "io/managedredis/catalog/Database";

  private static final AtomicReference<@Nullable Link> LINK = new AtomicReference<>();
  private static final Map<FileChannel, Path> OPEN =
      Collections.synchronizedMap(new WeakHashMap<>());

  private StepAgent() {}

  /** Called by the JVM before {@code main}; the argument is the port where the test listens. */
  public static void premain(String port, Instrumentation instrumentation) throws IOException {
    LINK.set(new Link(new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port))));
    instrumentation.addTransformer(new Woven());
  }

  /** Where a woven class is in the agent's jar. */
  static String woven(String className) {
    return "/woven/" + className;
  }

  /** Before a method of the files, with its arguments. */
  public static void beforeFile(String method, Object[] arguments) throws IOException {
    FileChannel channel = arguments[0] instanceof FileChannel open ? open : null;
    Path path = channel == null ? (Path) arguments[0] : Objects.requireNonNull(OPEN.get(channel));
    Object second = arguments.length > 1 ? arguments[1] : null;
    String target = path + (second instanceof Path to ? "\t" + to : "");
    Verdict verdict = link().ask(method, target);
    if (verdict == Verdict.GO) {
      return;
    }
    if (channel != null && second instanceof ByteBuffer bytes) {
      // What is cut off is cut off in the middle.
      ByteBuffer half = bytes.slice(bytes.position(), bytes.remaining() / 2);
      while (half.hasRemaining()) {
        channel.write(half);
      }
    }
    if (verdict == Verdict.HANG) {
      hang();
    }
    Fault fault = verdict.fault();
    throw channel == null
        ? new FileSystemException(path.toString(), null, fault.said())
        : new IOException(fault.said());
  }

  /** After a file was created: later steps only know its channel. */
  public static void created(Path file, FileChannel channel) {
    OPEN.put(channel, file);
  }

  /** The same transaction, which stops between its last statement and its commit. */
  public static Function<Object, @Nullable Object> transaction(
      String what, Function<Object, @Nullable Object> change) {
    return handle -> {
      Object result = change.apply(handle);
      Verdict verdict = ask("commit", what);
      if (verdict == Verdict.HANG) {
        hang();
      }
      if (verdict != Verdict.GO) {
        Fault fault = verdict.fault();
        throw new TransactionException(
            "Failed to commit transaction",
            new SQLiteException("[" + fault.sqlite() + "] " + fault.said(), fault.sqlite()));
      }
      return result;
    };
  }

  private static Verdict ask(String kind, String target) {
    try {
      return link().ask(kind, target);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Link link() {
    return Objects.requireNonNull(LINK.get(), "the agent was not started");
  }

  private static void hang() {
    try {
      link().say("hangs", "");
      new CountDownLatch(1).await();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException("a step that should hang for ever was interrupted", e);
    }
  }

  /** Question and answer; one thread at a time. */
  private static final class Link {
    private final DataOutputStream out;
    private final DataInputStream in;

    Link(Socket socket) throws IOException {
      socket.setTcpNoDelay(true);
      this.out = new DataOutputStream(socket.getOutputStream());
      this.in = new DataInputStream(socket.getInputStream());
    }

    synchronized Verdict ask(String kind, String target) throws IOException {
      say(kind, target);
      return Verdict.valueOf(in.readUTF());
    }

    synchronized void say(String kind, String target) throws IOException {
      out.writeUTF(kind);
      out.writeUTF(target);
      out.flush();
    }
  }

  /** Hands out the woven classes in the place of the plain ones. */
  private static final class Woven implements ClassFileTransformer {
    @Override
    public byte @Nullable [] transform(
        @Nullable ClassLoader loader,
        String className,
        @Nullable Class<?> redefined,
        @Nullable ProtectionDomain domain,
        byte[] plain) {
      if (!className.equals(FILES) && !className.equals(DATABASE)) {
        return null;
      }
      try (InputStream woven = StepAgent.class.getResourceAsStream(woven(className))) {
        return Objects.requireNonNull(woven).readAllBytes();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
