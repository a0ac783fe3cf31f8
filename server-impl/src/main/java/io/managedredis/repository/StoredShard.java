package io.managedredis.repository;

/**
 * What was durably stored of one shard.
 *
 * @param file the file's name inside the backup's folder
 * @param encryption how the file is encrypted, as in {@link ShardManifest}
 * @param keyId the key that opens it; empty when it is not encrypted
 * @param rawBytes length of the snapshot
 * @param storedBytes length of the file
 * @param rawSha256 SHA-256 of the snapshot, 64 lower-case hexadecimal digits
 */
public record StoredShard(
    String file,
    String encryption,
    String keyId,
    long rawBytes,
    long storedBytes,
    String rawSha256) {}
