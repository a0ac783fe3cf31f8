package io.managedredis.backup;

import io.managedredis.repository.BackupId;
import io.managedredis.repository.DamageListener;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.PendingBackup;
import io.managedredis.repository.Repository;
import io.managedredis.repository.RepositoryException;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.Verification;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A real repository; a test replaces what shall go wrong. */
class RepositoryWrapper implements Repository {
  final Repository real;

  RepositoryWrapper(Repository real) {
    this.real = real;
  }

  @Override
  public String id() {
    return real.id();
  }

  @Override
  public PendingBackup begin(BackupId id) throws RepositoryException {
    return real.begin(id);
  }

  @Override
  public Optional<Manifest> manifest(BackupId id) throws RepositoryException {
    return real.manifest(id);
  }

  @Override
  public boolean holds(BackupId id) throws RepositoryException {
    return real.holds(id);
  }

  @Override
  public void forEachCommitted(Consumer<Manifest> visitor, DamageListener damage)
      throws RepositoryException {
    real.forEachCommitted(visitor, damage);
  }

  @Override
  public InputStream open(BackupId id, ShardManifest shard) throws RepositoryException {
    return real.open(id, shard);
  }

  @Override
  public InputStream open(BackupId id, ShardManifest shard, long from, long length)
      throws RepositoryException {
    return real.open(id, shard, from, length);
  }

  @Override
  public boolean opens(ShardManifest shard) {
    return real.opens(shard);
  }

  @Override
  public Optional<Verification> verification(BackupId id) throws RepositoryException {
    return real.verification(id);
  }

  @Override
  public void record(Verification verification) throws RepositoryException {
    real.record(verification);
  }

  @Override
  public void delete(BackupId id) throws RepositoryException {
    real.delete(id);
  }

  @Override
  public List<BackupId> leftovers() throws RepositoryException {
    return real.leftovers();
  }

  @Override
  public int removeLeftovers() throws RepositoryException {
    return real.removeLeftovers();
  }

  @Override
  public long usableBytes() throws RepositoryException {
    return real.usableBytes();
  }

  @Override
  public void check() throws RepositoryException {
    real.check();
  }

  @Override
  public void close() throws RepositoryException {
    real.close();
  }
}
