package io.managedredis.repository;

import java.io.InputStream;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * The finished backups of a repository: what a server's calls and the command line beside a running
 * server may do with them. After {@link #close} every method fails.
 */
public interface StoredBackups extends AutoCloseable {

  /** A UUID given when the repository was created, the same for ever. */
  String id();

  /**
   * The manifest of a committed backup, or empty when there is none.
   *
   * @throws ManifestException when it is there but cannot be believed
   * @throws RepositoryException when reading fails
   */
  Optional<Manifest> manifest(BackupId id) throws RepositoryException;

  /**
   * Whether a committed backup is there, be its manifest readable or not; costs a look at the
   * folder.
   *
   * @throws RepositoryException when that can't be told
   */
  boolean holds(BackupId id) throws RepositoryException;

  /**
   * Visits every committed backup, in no particular order and at constant memory. A backup that is
   * committed or deleted meanwhile may be visited or not.
   *
   * @throws RepositoryException when the folders cannot be listed
   */
  void forEachCommitted(Consumer<Manifest> visitor, DamageListener damage)
      throws RepositoryException;

  /**
   * The snapshot of a shard, decrypted and decompressed while it is read. Its length and SHA-256
   * are compared at the end: what was read up to the end of the stream without an exception is what
   * was captured.
   *
   * @param shard out of the backup's manifest
   * @throws KeyMissingException when it is encrypted with a key that is not at hand
   * @throws RepositoryException when the backup or its file is not there or has another length; the
   *     stream throws it for damaged bytes
   */
  InputStream open(BackupId id, ShardManifest shard) throws RepositoryException;

  /**
   * A part of the snapshot, which costs about what the part costs wherever it begins, as far as the
   * file is made of frames. Every frame that the part touches is proven by its own checksum before
   * the last byte of the part is given out.
   *
   * @param from the first byte, 0 or more
   * @param length how many, so that the part lies inside {@link ShardManifest#rawBytes()}
   * @throws IllegalArgumentException when it does not
   * @throws KeyMissingException when it is encrypted with a key that is not at hand
   * @throws DamagedSnapshotException as {@link #open(BackupId, ShardManifest)}
   * @throws RepositoryException as {@link #open(BackupId, ShardManifest)}
   */
  InputStream open(BackupId id, ShardManifest shard, long from, long length)
      throws RepositoryException;

  /** Whether the key that a shard is encrypted with is at hand; true when it is not encrypted. */
  boolean opens(ShardManifest shard);

  /**
   * The last verification of a committed backup, or empty when there was none.
   *
   * @throws ManifestException when it is there but cannot be believed
   * @throws RepositoryException when reading fails
   */
  Optional<Verification> verification(BackupId id) throws RepositoryException;

  /**
   * Keeps the verification of a committed backup, durably, instead of the one before.
   *
   * @param verification names each shard of the backup's manifest once
   * @throws IllegalArgumentException when its id is none
   * @throws ManifestException when it does not fit the manifest or breaks a rule; nothing was
   *     changed
   * @throws RepositoryException when the backup is not there any more, or storing fails; the one
   *     before or this one is wholly there then
   */
  void record(Verification verification) throws RepositoryException;

  @Override
  void close() throws RepositoryException;
}
