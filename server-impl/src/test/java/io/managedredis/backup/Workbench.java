package io.managedredis.backup;

import io.managedredis.capture.Cancellation;
import io.managedredis.capture.Deadlines;
import io.managedredis.capture.SnapshotClient;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.Catalog;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.cluster.ClusterDeclaration.Credentials;
import io.managedredis.cluster.ClusterDeclaration.ShardDeclaration;
import io.managedredis.cluster.NodeAddress;
import io.managedredis.cluster.TopologyReader;
import io.managedredis.http.BackupJson;
import io.managedredis.repository.BackupId;
import io.managedredis.repository.BackupKind;
import io.managedredis.repository.Keyring;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.Repository;
import io.managedredis.repository.ShardManifest;
import io.managedredis.testing.RedisProcess;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A real repository, a real catalogue, and what works on them. */
final class Workbench implements AutoCloseable {
  static final String FOLDER = "b1gfolder";
  private static final Duration LONG = Duration.ofSeconds(60);

  final Path folder;
  final LocalRepository repository;
  final TopologyReader topologies = new TopologyReader();
  Catalog catalog;

  Workbench(Path folder) throws IOException {
    this.folder = folder;
    this.repository = LocalRepository.open(folder.resolve("repository"), 1, Keyring.none());
    this.catalog = Catalog.open(folder.resolve("catalog.db"), new BackupJson());
  }

  static BackupOrder order(ClusterDeclaration cluster) {
    Instant now = Instant.now().truncatedTo(ChronoUnit.MICROS);
    return new BackupOrder(
        BackupOrder.newId(cluster.id(), now, new SecureRandom()), cluster, now, BackupKind.MANUAL);
  }

  static ClusterDeclaration nodes(int... ports) {
    return nodes(null, ports);
  }

  static ClusterDeclaration nodes(@Nullable Credentials credentials, int... ports) {
    return new ClusterDeclaration(
        "c1", FOLDER, "demo", addresses(ports), List.of(), credentials, null);
  }

  static ClusterDeclaration shards(ShardDeclaration... shards) {
    return new ClusterDeclaration("c1", FOLDER, "demo", List.of(), List.of(shards), null, null);
  }

  static ShardDeclaration shard(String name, int... ports) {
    return new ShardDeclaration(name, addresses(ports));
  }

  private static List<NodeAddress> addresses(int... ports) {
    return java.util.Arrays.stream(ports).mapToObj(p -> new NodeAddress("127.0.0.1", p)).toList();
  }

  static Deadlines deadlines() {
    return new Deadlines(LONG, LONG, LONG, LONG, LONG);
  }

  BackupTaker taker(int attempts) {
    return taker(attempts, deadlines(), repository);
  }

  BackupTaker taker(int attempts, Deadlines deadlines, Repository storage) {
    return new BackupTaker(
        topologies,
        new SnapshotClient(deadlines),
        storage,
        new Listing(storage, catalog.backups()),
        new BackupTaker.Policy(4, attempts, Duration.ofSeconds(20), Duration.ofMillis(20)));
  }

  Manifest take(ClusterDeclaration cluster) throws Exception {
    return taker(3).take(order(cluster), (bytes, done, total) -> {}, new Cancellation());
  }

  List<BackupEntry> listed() {
    return catalog.backups().listByFolder(FOLDER, null, 1000);
  }

  /** What the repository holds beside its own files. */
  List<Path> stored() throws IOException {
    try (Stream<Path> entries = Files.list(folder.resolve("repository"))) {
      return entries.filter(Files::isDirectory).toList();
    }
  }

  Path folderOf(String backupId) {
    BackupId id = BackupId.parse(backupId).orElseThrow();
    return folder.resolve("repository").resolve(id.clusterId()).resolve(id.suffix());
  }

  /** A server with the data of a shard as it was stored. */
  RedisProcess load(Manifest manifest, ShardManifest shard) throws IOException {
    return RedisProcess.builder().dump(snapshot(manifest, shard)).start();
  }

  /** The snapshot of a shard, read back from the repository into a file. */
  Path snapshot(Manifest manifest, ShardManifest shard) throws IOException {
    Path rdb = Files.createTempFile(folder, "shard", ".rdb");
    BackupId id = BackupId.parse(manifest.backupId()).orElseThrow();
    try (InputStream in = repository.open(id, shard)) {
      Files.copy(in, rdb, java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }
    return rdb;
  }

  /** Loses the catalogue, as a disk would, and begins an empty one. */
  void loseCatalog() throws IOException {
    catalog.close();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.filter(f -> f.toString().contains("catalog.db")).toList()) {
        Files.delete(file);
      }
    }
    catalog = Catalog.open(folder.resolve("catalog.db"), new BackupJson());
  }

  @Override
  public void close() throws IOException {
    topologies.close();
    catalog.close();
    repository.close();
  }
}
