package io.managedredis.cluster;

import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicReference;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import org.jspecify.annotations.Nullable;
import redis.clients.jedis.ClientSetInfoConfig;
import redis.clients.jedis.DefaultJedisClientConfig;
import redis.clients.jedis.HostAndPort;
import redis.clients.jedis.Jedis;
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

  private final ClusterDeclaration cluster;
  private final NodeAddress address;
  private final Duration timeout;
  private final AtomicReference<@Nullable Jedis> connection = new AtomicReference<>();
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
    // Jedis connects in connect(), so that giveUp() has something to close from the start.
    try (Jedis jedis = new Jedis(new HostAndPort(address.host(), address.port()), config())) {
      connection.set(jedis);
      if (givenUp) {
        return silent(late());
      }
      NodeInfo info = NodeInfo.parse(jedis.info());
      SlotMap slots = info.clusterMode() ? SlotMap.parse(jedis.clusterNodes(), address) : null;
      return new Answer(new Topology.Node(address, info, null), slots);
    } catch (TopologyException e) {
      return silent(e);
    } catch (JedisDataException e) {
      return silent(refused(e));
    } catch (JedisException e) {
      return silent(unreachable(e));
    } finally {
      connection.set(null);
    }
  }

  /** Ends the question: the connection is closed, whatever the node is doing. */
  Answer giveUp() {
    givenUp = true;
    Jedis jedis = connection.get();
    if (jedis != null) {
      jedis.getConnection().disconnect();
    }
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
        address + " does not answer within " + timeout.toMillis() + " ms");
  }

  private Answer silent(TopologyException trouble) {
    return new Answer(new Topology.Node(address, null, trouble), null);
  }

  private DefaultJedisClientConfig config() {
    int millis = (int) timeout.toMillis();
    DefaultJedisClientConfig.Builder config =
        DefaultJedisClientConfig.builder()
            .connectionTimeoutMillis(millis)
            .socketTimeoutMillis(millis)
            // CLIENT SETINFO is not among the commands that a backup user is asked to have.
            .clientSetInfoConfig(ClientSetInfoConfig.DISABLED);
    if (cluster.credentials() != null) {
      config.user(cluster.credentials().username()).password(cluster.credentials().password());
    }
    if (cluster.tls() != null) {
      SSLParameters parameters = new SSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      config.ssl(true).sslSocketFactory(cluster.tls()).sslParameters(parameters);
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
    if (root instanceof UnknownHostException) {
      why = "its name is unknown";
    } else if (root instanceof SocketTimeoutException) {
      why = "no answer within " + timeout.toMillis() + " ms";
    } else if (root instanceof NoRouteToHostException) {
      why = "no route to it";
    } else if (root instanceof ConnectException) {
      why = "connection refused";
    } else if (root instanceof SSLException
        || root instanceof java.security.GeneralSecurityException) {
      why = "TLS failed: " + root.getMessage();
    } else {
      why = "the connection broke: " + root.getMessage();
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
