package io.managedredis.testing;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A server on 127.0.0.1 that answers the n-th command of every connection with the n-th answer of
 * its script, whatever the command says: for servers that refuse, lie or misbehave.
 */
public final class ScriptedServer implements AutoCloseable {
  private final Script script;
  private final ServerSocket listener;
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<List<String>> received = new CopyOnWriteArrayList<>();

  /** What to answer. */
  public static final class Script {
    private final List<byte[]> answers = new ArrayList<>();
    private byte[] forever = {};
    private int chunk = Integer.MAX_VALUE;
    private boolean closes;

    private Script() {}

    /** The answer to the next command; characters are bytes (Latin-1). May be empty. */
    public Script answer(String latin1) {
      return answer(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The answer to the next command. */
    public Script answer(byte[] bytes) {
      answers.add(bytes.clone());
      return this;
    }

    /** After the last answer, writes this over and over until the client has gone. */
    public Script thenForever(String latin1) {
      forever = latin1.getBytes(StandardCharsets.ISO_8859_1);
      return this;
    }

    /** After the last answer, closes the connection; otherwise it stays open. */
    public Script thenClose() {
      closes = true;
      return this;
    }

    /** Writes at most so many bytes at once. */
    public Script inChunksOf(int bytes) {
      chunk = bytes;
      return this;
    }

    /** Starts to listen. */
    public ScriptedServer start() {
      return new ScriptedServer(this);
    }
  }

  private ScriptedServer(Script script) {
    this.script = script;
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Thread thread = new Thread(this::accept, "scripted server");
    thread.setDaemon(true);
    thread.start();
  }

  /** A script to be written. */
  public static Script script() {
    return new Script();
  }

  /** The port on 127.0.0.1 to connect to. */
  public int port() {
    return listener.getLocalPort();
  }

  /** The commands of all connections so far, in the order they came. */
  public List<List<String>> received() {
    return List.copyOf(received);
  }

  /** How many connections are open on this side. */
  public int openConnections() {
    return open.size();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        open.add(client);
        Thread thread = new Thread(() -> serve(client), "scripted connection");
        thread.setDaemon(true);
        thread.start();
      }
    } catch (IOException closed) {
      Thread.currentThread().setName(closed.toString());
    }
  }

  private void serve(Socket client) {
    try (client) {
      client.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(client.getInputStream());
      OutputStream out = client.getOutputStream();
      for (byte[] answer : script.answers) {
        if (!readCommand(in)) {
          return;
        }
        write(out, answer);
      }
      while (script.forever.length > 0) {
        write(out, script.forever);
      }
      boolean more = !script.closes;
      while (more) {
        more = readCommand(in);
      }
    } catch (IOException gone) {
      // Clients under test leave whenever they like; what they did is asserted on their side.
      Thread.currentThread().setName(gone.toString());
    } finally {
      open.remove(client);
    }
  }

  private void write(OutputStream out, byte[] bytes) throws IOException {
    for (int at = 0; at < bytes.length; at += Math.min(script.chunk, bytes.length - at)) {
      out.write(bytes, at, Math.min(script.chunk, bytes.length - at));
    }
  }

  private boolean readCommand(InputStream in) throws IOException {
    String head = readLine(in);
    if (head.isEmpty()) {
      return false;
    }
    List<String> command = new ArrayList<>();
    for (int i = Integer.parseInt(head.substring(1)); i > 0; i--) {
      int length = Integer.parseInt(readLine(in).substring(1));
      command.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
      in.skipNBytes(2);
    }
    received.add(List.copyOf(command));
    return true;
  }

  private static String readLine(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.write(c);
    }
    return line.toString(StandardCharsets.US_ASCII).strip();
  }

  /** Closes the listener and all connections. */
  @Override
  public void close() {
    try {
      listener.close();
      for (Socket client : open) {
        client.close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
