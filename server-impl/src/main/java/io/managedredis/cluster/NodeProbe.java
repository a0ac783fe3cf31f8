package io.managedredis.cluster;

import io.managedredis.tls.NodeTls;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.Jedis;
import redis.clients.jedis.exceptions.JedisConnectionException;
import redis.clients.jedis.exceptions.JedisDataException;
import redis.clients.jedis.exceptions.JedisException;

/**
 * One question to one node: {@code INFO}, and {@code CLUSTER NODES} when it runs in cluster mode.
 * Can be given up from another thread, since a node may answer without ever coming to an end.
 */
final class NodeProbe {

  /**
   * What came back.
   *
   * @param slotMap the slots as this node sees them; null when it is not in cluster mode
   */
  record Answer(Topology.Node node, @Nullable SlotMap slotMap) {}

  private static final Logger log = LoggerFactory.getLogger(NodeProbe.class);

  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|.*:.*");

  private final ClusterDeclaration cluster;
  private final NodeAddress address;
  private final Duration timeout;
  private final ProbeSocket socket = new ProbeSocket();
  private volatile boolean givenUp;

  NodeProbe(ClusterDeclaration cluster, NodeAddress address, Duration timeout) {
    this.cluster = cluster;
    this.address = address;
    this.timeout = timeout;
  }

  NodeAddress address() {
    return address;
  }

  Answer ask() {
    try (Jedis jedis = new Jedis(this::connect, config())) {
      NodeInfo info = info(jedis);
      if (!info.clusterMode()) {
        return new Answer(new Topology.Node(address, info, null), null);
      }
      SlotMap slots = slots(jedis);
      // Asked again: only an offset that is read after the map covers every key that moved before.
      return new Answer(new Topology.Node(address, info(jedis), null), slots);
    } catch (TopologyException e) {
      return silent(e);
    } catch (JedisDataException e) {
      return silent(refused(e));
    } catch (JedisException e) {
      return silent(unreachable(e));
    } finally {
      closeSocket();
    }
  }

  private NodeInfo info(Jedis jedis) {
    return NodeInfo.parse(jedis.info()).without(cluster::tells);
  }

  private SlotMap slots(Jedis jedis) throws TopologyException {
    SlotMap slots = SlotMap.parse(jedis.clusterNodes(), address, byName());
    // Names of nodes and of moving slots stand in messages that are told to callers.
    if (Stream.concat(slots.known().stream(), slots.moving().stream()).anyMatch(cluster::tells)) {
      throw new TopologyException(
          TopologyException.Reason.PROTOCOL,
          address + " repeats in CLUSTER NODES the password that it was given");
    }
    return slots;
  }

  /**
   * Jedis connects and authenticates in its constructor, so the socket is made here, beforehand.
   */
  private Socket connect() {
    try {
      socket.connect(address, timeout);
      SSLSocketFactory tls = cluster.tls();
      if (tls == null) {
        return new AnswerSocket(socket);
      }
      return new AnswerSocket(NodeTls.open(tls, socket, address.host(), address.port()));
    } catch (IOException e) {
      throw new JedisConnectionException(e);
    }
  }

  /** Who declares names for TLS has certificates for names; an address would not match them. */
  private boolean byName() {
    return cluster.tls() != null && !ADDRESS.matcher(address.host()).matches();
  }

  private void closeSocket() {
    try {
      socket.close();
    } catch (IOException e) {
      log.debug("Closing the connection to {} failed", address, e);
    }
  }

  /** Ends the question: the connection is closed, whatever the node is doing. */
  Answer giveUp() {
    givenUp = true;
    closeSocket();
    return silent(late());
  }

  /** The node said something that Jedis could not even take in, such as an absurd length. */
  Answer nonsense(@Nullable Throwable thrown) {
    return silent(
        new TopologyException(
            TopologyException.Reason.PROTOCOL,
            address + " does not speak the protocol of Redis; check the address",
            thrown));
  }

  private TopologyException late() {
    return new TopologyException(
        TopologyException.Reason.UNREACHABLE,
        address + " does not answer within " + timeout.toMillis() + " ms" + orTls());
  }

  /** A plain port waits for the rest of what it takes for a command. */
  private String orTls() {
    return cluster.tls() == null ? "" : "; does the port speak TLS?";
  }

  private Answer silent(TopologyException trouble) {
    return new Answer(new Topology.Node(address, null, trouble.shownBy(cluster)), null);
  }

  private DefaultJedisClientConfig config() {
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            // CLIENT SETINFO is not among the commands that a backup user is asked to have.
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    if (cluster.credentials() != null) {
      config.user(cluster.credentials().username()).password(cluster.credentials().password());
    }
    return config.build();
  }

  private TopologyException refused(JedisDataException e) {
    String answer = String.valueOf(e.getMessage());
    String first = answer.split(" ", 2)[0];
    String who =
        cluster.credentials() == null || cluster.credentials().username() == null
            ? "the default user"
            : "the user \"" + cluster.credentials().username() + "\"";
    return switch (first) {
      case "NOAUTH" ->
          new TopologyException(
              TopologyException.Reason.AUTHENTICATION,
              address + " wants a password. Configure passwordFile or passwordEnv of the cluster.",
              e);
      case "WRONGPASS" ->
          new TopologyException(
              TopologyException.Reason.AUTHENTICATION,
              address + " does not accept the password of " + who + ". Correct the configuration.",
              e);
      case "NOPERM" ->
          new TopologyException(
              TopologyException.Reason.DENIED,
              address
                  + " does not allow "
                  + who
                  + " what a backup needs. Grant it +psync +replconf +info, and in cluster mode"
                  + " +cluster|nodes.",
              e);
      case "LOADING" ->
          new TopologyException(
              TopologyException.Reason.NOT_READY, address + " is loading its data. Try again.", e);
      default ->
          new TopologyException(
              // Older servers answer a wrong password with a plain ERR.
              answer.contains("password") || answer.contains("AUTH")
                  ? TopologyException.Reason.AUTHENTICATION
                  : TopologyException.Reason.PROTOCOL,
              address + " refused: " + (answer.length() > 200 ? answer.substring(0, 200) : answer),
              e);
    };
  }

  private TopologyException unreachable(JedisException e) {
    if (givenUp) {
      return late();
    }
    Throwable root = root(e);
    String why;
    if (root instanceof RespGuard.ForeignAnswerException) {
      return new TopologyException(
          TopologyException.Reason.PROTOCOL,
          address
              + " does not speak the protocol of Redis ("
              + root.getMessage()
              + "); check the address",
          e);
    } else if (root instanceof UnknownHostException) {
      why = "its name is unknown";
    } else if (root instanceof SocketTimeoutException) {
      why = "no answer within " + timeout.toMillis() + " ms" + orTls();
    } else if (root instanceof NoRouteToHostException) {
      why = "no route to it";
    } else if (root instanceof ConnectException) {
      why = "connection refused";
    } else if (cluster.tls() != null) {
      why =
          "no TLS session ("
              + NodeTls.reason(e)
              + "); check that the port speaks TLS, and caFile, certFile and keyFile of the cluster";
    } else {
      why = "the connection broke (" + root.getMessage() + "); does the port need TLS?";
    }
    return new TopologyException(
        TopologyException.Reason.UNREACHABLE, address + " can't be reached: " + why, e);
  }

  /** Jedis tries each address of a host and keeps what went wrong there as suppressed. */
  private static Throwable root(Throwable thrown) {
    Throwable root = thrown;
    while (true) {
      Throwable[] suppressed = root.getSuppressed();
      if (root.getCause() != null) {
        root = root.getCause();
      } else if (suppressed.length > 0) {
        root = suppressed[0];
      } else {
        return root;
      }
    }
  }
}
