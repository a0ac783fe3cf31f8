package io.managedredis.attack;

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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A node on 127.0.0.1 that answers like a small master, except for what it is told to answer
 * otherwise; by the command's name, since probes, preflights and captures ask different things.
 */
final class HostileNode implements AutoCloseable {
  static final String REPLICATION_ID = "0123456789".repeat(4);
  static final String MARK = "0123456789abcdef0123456789abcdef01234567";
  static final String POINT = "+FULLRESYNC " + REPLICATION_ID + " 0\r\n";

  private static final String INFO =
      "redis_version:7.2.4\r\nrole:master\r\nmaster_replid:"
          + REPLICATION_ID
          + "\r\nmaster_repl_offset:0\r\nused_memory:1000\r\ncluster_enabled:";

  /** What a node answers; may go on until the other side has gone. */
  @FunctionalInterface
  interface Answer {
    void to(List<String> command, OutputStream out) throws IOException;
  }

  private final ServerSocket listener;
  private final Map<String, Answer> answers = new HashMap<>();
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final List<List<String>> received = new CopyOnWriteArrayList<>();

  private HostileNode() {
    try {
      listener = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    answers.put("INFO", text(INFO + "0\r\n"));
    answers.put("PSYNC", latin1(POINT));
  }

  /** A node that misbehaves in one command. */
  static HostileNode that(String command, Answer answer) {
    return new HostileNode().and(command, answer).started();
  }

  /** A node in cluster mode that tells this of its nodes. */
  static HostileNode inClusterMode(Answer clusterNodes) {
    return new HostileNode()
        .and("INFO", text(INFO + "1\r\n"))
        .and("CLUSTER", clusterNodes)
        .started();
  }

  private HostileNode and(String command, Answer answer) {
    answers.put(command, answer);
    return this;
  }

  private HostileNode started() {
    daemon(this::accept);
    return this;
  }

  /** Bytes as they are, a character each. */
  static Answer latin1(String bytes) {
    byte[] all = bytes.getBytes(StandardCharsets.ISO_8859_1);
    return (command, out) -> out.write(all);
  }

  /** The same, and the end of the connection. */
  static Answer last(String bytes) {
    return (command, out) -> {
      latin1(bytes).to(command, out);
      throw new IOException("that was all");
    };
  }

  /** A text with its length before it. */
  static Answer text(String text) {
    return latin1("$" + text.length() + "\r\n" + text + "\r\n");
  }

  /** The first bytes, and then the others until the client has gone. */
  static Answer forever(String first, String again) {
    byte[] start = first.getBytes(StandardCharsets.ISO_8859_1);
    byte[] chunk = again.repeat(1 + 4096 / again.length()).getBytes(StandardCharsets.ISO_8859_1);
    return (command, out) -> {
      out.write(start);
      while (true) {
        out.write(chunk);
      }
    };
  }

  /** The error of a server that puts the command that it was sent into it. */
  static Answer echo(String before) {
    return (command, out) ->
        out.write(
            (before + String.join(" ", command) + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
  }

  String address() {
    return "127.0.0.1:" + port();
  }

  int port() {
    return listener.getLocalPort();
  }

  /** The commands of all connections so far. */
  List<List<String>> received() {
    return List.copyOf(received);
  }

  int openConnections() {
    return open.size();
  }

  private void accept() {
    try {
      while (true) {
        Socket client = listener.accept();
        open.add(client);
        daemon(() -> serve(client));
      }
    } catch (IOException closed) {
      Thread.currentThread().setName(closed.toString());
    }
  }

  private void serve(Socket client) {
    try (client) {
      InputStream in = new BufferedInputStream(client.getInputStream());
      boolean capture = false;
      for (List<String> command = command(in); !command.isEmpty(); command = command(in)) {
        received.add(command);
        capture |= command.contains("listening-port");
        answer(command, capture).to(command, client.getOutputStream());
      }
    } catch (IOException gone) {
      // Clients under test leave whenever they like.
      Thread.currentThread().setName(gone.toString());
    } finally {
      open.remove(client);
    }
  }

  private Answer answer(List<String> command, boolean capture) {
    String name = command.get(0);
    if (name.equals("PSYNC") && !capture) {
      return latin1("-ERR Can't SYNC with pending output\r\n");
    }
    return answers.getOrDefault(name, latin1("+OK\r\n"));
  }

  private static List<String> command(InputStream in) throws IOException {
    String head = line(in);
    List<String> command = new ArrayList<>();
    for (int i = head.isEmpty() ? 0 : Integer.parseInt(head.substring(1)); i > 0; i--) {
      int length = Integer.parseInt(line(in).substring(1));
      command.add(new String(in.readNBytes(length), StandardCharsets.UTF_8));
      in.skipNBytes(2);
    }
    return command;
  }

  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = in.read(); c >= 0 && c != '\n'; c = in.read()) {
      line.write(c);
    }
    return line.toString(StandardCharsets.US_ASCII).strip();
  }

  private static void daemon(Runnable task) {
    Thread thread = new Thread(task, "hostile node");
    thread.setDaemon(true);
    thread.start();
  }

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
