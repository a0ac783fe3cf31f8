package io.managedredis.cluster;

import io.managedredis.cluster.ClusterDeclaration.Credentials;
import io.managedredis.cluster.ClusterDeclaration.ShardDeclaration;
import io.managedredis.testing.RedisProcess;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Declarations of servers on 127.0.0.1. */
final class Declarations {
  private Declarations() {}

  static NodeAddress at(int port) {
    return new NodeAddress("127.0.0.1", port);
  }

  static NodeAddress at(RedisProcess redis) {
    return at(redis.port());
  }

  static ClusterDeclaration nodes(RedisProcess... nodes) {
    return nodes(Stream.of(nodes).map(Declarations::at).toList(), null);
  }

  static ClusterDeclaration nodes(List<NodeAddress> nodes, @Nullable Credentials credentials) {
    return new ClusterDeclaration("c1", "f1", "demo", nodes, List.of(), credentials, null);
  }

  static ClusterDeclaration shards(ShardDeclaration... shards) {
    return new ClusterDeclaration("c1", "f1", "demo", List.of(), List.of(shards), null, null);
  }

  static ShardDeclaration shard(String name, RedisProcess... nodes) {
    return new ShardDeclaration(name, Stream.of(nodes).map(Declarations::at).toList());
  }
}
