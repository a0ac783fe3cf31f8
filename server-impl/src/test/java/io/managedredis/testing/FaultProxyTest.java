package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.EOFException;
import java.net.SocketTimeoutException;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class FaultProxyTest {
  @Test
  void forwardsBothWaysAndCounts() throws Exception {
    try (RedisProcess redis = RedisProcess.start();
        FaultProxy proxy = FaultProxy.to(redis);
        RespClient client = new RespClient("127.0.0.1", proxy.port(), 10_000)) {
      assertThat(client.call("PING")).isEqualTo("PONG");
      assertThat(proxy.connections()).isEqualTo(1);
      assertThat(proxy.bytes()).isEqualTo("+PONG\r\n".length());
    }
  }

  @Test
  void spoilsWhatItIsToldTo() throws Exception {
    try (RedisProcess redis = RedisProcess.start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      proxy.flipByteAt(9);
      try (RespClient client = new RespClient("127.0.0.1", proxy.port(), 10_000)) {
        assertThat(client.call("PING")).isEqualTo("PONG");
        assertThat(client.call("PING")).isEqualTo("PNNG");
      }
      proxy.dropAfter(3);
      try (RespClient client = new RespClient("127.0.0.1", proxy.port(), 10_000)) {
        assertThatThrownBy(() -> client.call("PING"))
            .isInstanceOf(EOFException.class)
            .hasMessageContaining("+PO");
      }
      proxy.stallAfter(3);
      try (RespClient client = new RespClient("127.0.0.1", proxy.port(), 300)) {
        assertThatThrownBy(() -> client.call("PING")).isInstanceOf(SocketTimeoutException.class);
      }
      proxy.none();
      try (RespClient client = new RespClient("127.0.0.1", proxy.port(), 10_000)) {
        assertThat(client.call("PING")).isEqualTo("PONG");
      }
      Awaitility.await().until(() -> proxy.openSockets() == 0);
    }
  }

  @Test
  void limitsTheFaultToTheNextConnections() throws Exception {
    try (RedisProcess redis = RedisProcess.start();
        FaultProxy proxy = FaultProxy.to(redis)) {
      proxy.limitTo(1);
      proxy.dropAfter(0);
      try (RespClient client = new RespClient("127.0.0.1", proxy.port(), 10_000)) {
        assertThatThrownBy(() -> client.call("PING")).isInstanceOf(EOFException.class);
      }
      try (RespClient client = new RespClient("127.0.0.1", proxy.port(), 10_000)) {
        assertThat(client.call("PING")).isEqualTo("PONG");
      }
    }
  }
}
