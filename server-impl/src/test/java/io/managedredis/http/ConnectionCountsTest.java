package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.http.ConnectionCounts.Network;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** How many connections are open. */
class ConnectionCountsTest {

  private static final Network ONE = new Network(1, false);
  private static final Network OTHER = new Network(2, false);

  @Test
  void oneNetworkTakesItsShareAndLeavesTheRest() {
    ConnectionCounts counts = new ConnectionCounts(3, 2);

    assertThat(counts.take(ONE)).isTrue();
    assertThat(counts.take(ONE)).isTrue();
    assertThat(counts.take(ONE)).isFalse();
    assertThat(counts.take(OTHER)).isTrue();
    assertThat(counts.take(OTHER)).isFalse();
    assertThat(counts.open()).isEqualTo(3);
  }

  @Test
  void whatIsGivenBackCanBeTakenAgain() {
    ConnectionCounts counts = new ConnectionCounts(1, 1);
    assertThat(counts.take(ONE)).isTrue();
    counts.giveBack(ONE);

    assertThat(counts.take(OTHER)).isTrue();
    counts.giveBack(OTHER);
    assertThat(counts.open()).isZero();
    assertThat(counts.networks()).isZero();
  }

  @Test
  void manyThreadsLeaveNothingBehind() throws InterruptedException {
    ConnectionCounts counts = new ConnectionCounts(3, 2);
    ExecutorService threads = Executors.newFixedThreadPool(8);
    CountDownLatch done = new CountDownLatch(8);
    for (int thread = 0; thread < 8; thread++) {
      Network network = thread % 2 == 0 ? ONE : OTHER;
      threads.execute(
          () -> {
            for (int i = 0; i < 50_000; i++) {
              if (counts.take(network)) {
                counts.giveBack(network);
              }
            }
            done.countDown();
          });
    }

    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    threads.shutdown();
    assertThat(counts.open()).isZero();
    assertThat(counts.networks()).isZero();
  }

  @Test
  void anAddressOfVersion4IsANetwork() throws UnknownHostException {
    assertThat(network("192.0.2.1")).isNotEqualTo(network("192.0.2.2"));
    assertThat(network("192.0.2.1")).isEqualTo(network("::ffff:192.0.2.1"));
  }

  @Test
  void theFirstHalfOfAnAddressOfVersion6IsANetwork() throws UnknownHostException {
    assertThat(network("2001:db8:1:2::1")).isEqualTo(network("2001:db8:1:2:ffff::9"));
    assertThat(network("2001:db8:1:2::1")).isNotEqualTo(network("2001:db8:1:3::1"));
    assertThat(network("::c000:201")).isNotEqualTo(network("0.0.0.0"));
  }

  private static Network network(String address) throws UnknownHostException {
    return Network.of(InetAddress.getByName(address));
  }
}
