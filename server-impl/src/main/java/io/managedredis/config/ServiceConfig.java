package io.managedredis.config;

import io.managedredis.access.AccessSettings;
import io.managedredis.cluster.ClusterDeclaration;
import io.managedredis.http.HttpSettings;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The configuration of the service.
 *
 * @param listen where to listen
 * @param dataDir the folder of the catalogue and of the local repository
 * @param clusters the declared clusters
 * @param backup how backups are taken
 * @param keysetFile the keys that encrypt backups; null when they are not encrypted
 * @param access who may call, and where that is put on record
 * @param http how calls are taken
 * @param reconcileAtStart whether a start compares the catalogue with the repository, which takes
 *     as long as reading all manifests does
 */
public record ServiceConfig(
    ListenAddress listen,
    Path dataDir,
    List<ClusterDeclaration> clusters,
    BackupSettings backup,
    @Nullable Path keysetFile,
    AccessSettings access,
    HttpSettings http,
    boolean reconcileAtStart) {

  /** Copies the list. */
  public ServiceConfig {
    clusters = List.copyOf(clusters);
  }

  /** The same configuration, listening elsewhere. */
  public ServiceConfig withListen(ListenAddress other) {
    return new ServiceConfig(
        other, dataDir, clusters, backup, keysetFile, access, http, reconcileAtStart);
  }

  /** The same configuration with another data folder. */
  public ServiceConfig withDataDir(Path other) {
    return new ServiceConfig(
        listen, other, clusters, backup, keysetFile, access, http, reconcileAtStart);
  }
}
