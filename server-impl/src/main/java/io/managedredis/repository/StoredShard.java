package io.managedredis.repository;

/**
 * What was durably stored of one shard.
 *
 * @param file the file's name inside the backup's folder
 * @param rawBytes length of the snapshot
 * @param storedBytes length of the file
 * @param rawSha256 SHA-256 of the snapshot, 64 lower-case hexadecimal digits
 */
public record StoredShard(String file, long rawBytes, long storedBytes, String rawSha256) {}
