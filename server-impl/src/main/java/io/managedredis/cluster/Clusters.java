package io.managedredis.cluster;

import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/** The declared clusters, fixed for the life of the process. */
public final class Clusters {

  private final TreeMap<String, ClusterDeclaration> byId = new TreeMap<>();

  /** Takes the declarations; their ids differ. */
  public Clusters(Collection<ClusterDeclaration> declarations) {
    for (ClusterDeclaration declaration : declarations) {
      if (byId.put(declaration.id(), declaration) != null) {
        throw new IllegalArgumentException("cluster " + declaration.id() + " is declared twice");
      }
    }
  }

  /** The cluster with this id. */
  public Optional<ClusterDeclaration> find(String id) {
    return Optional.ofNullable(byId.get(id));
  }

  /** All clusters, by id ascending. */
  public Collection<ClusterDeclaration> all() {
    return Collections.unmodifiableCollection(byId.values());
  }

  /** The clusters of a folder, by id ascending. */
  public List<ClusterDeclaration> inFolder(String folderId) {
    return byId.values().stream().filter(c -> c.folderId().equals(folderId)).toList();
  }
}
