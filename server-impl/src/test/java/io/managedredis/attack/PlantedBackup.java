package io.managedredis.attack;

import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * A backup of a real server that can be put into repositories as often as wanted, each time as
 * another one: somebody who may write there can do that as well.
 */
final class PlantedBackup {
  static final String FOLDER = "b1gplanted";
  static final String SHARD_FILE = "shard1.rdb.zst";

  private static final String CLUSTER = "c9qplanted0000000001";

  private final Path folder;
  private final String suffix;

  private PlantedBackup(Path folder, String suffix) {
    this.folder = folder;
    this.suffix = suffix;
  }

  /** Takes it from a server with that many keys. */
  static PlantedBackup take(Path temp, int keys) throws Exception {
    Path work = Files.createTempDirectory(temp, "taken");
    try (RedisProcess redis =
            RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
        RunningService service =
            RunningService.in(work).cluster(CLUSTER, FOLDER, redis.address()).start()) {
      redis.fill(keys, 1000);
      String suffix = service.takeBackup(CLUSTER).substring(CLUSTER.length() + 1);
      return new PlantedBackup(service.repository().resolve(CLUSTER).resolve(suffix), suffix);
    }
  }

  /** Puts it there as the backup of another cluster; answers its folder. */
  Path plant(Path repository, String clusterId) throws IOException {
    Path target = repository.resolve(clusterId).resolve(suffix);
    Files.createDirectories(target);
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.toList()) {
        Files.copy(file, target.resolve(file.getFileName().toString()));
      }
    }
    Path manifest = target.resolve("manifest.json");
    Files.writeString(manifest, Files.readString(manifest).replace(CLUSTER, clusterId));
    return target;
  }

  /** The id that it has there. */
  String id(String clusterId) {
    return clusterId + ":" + suffix;
  }
}
