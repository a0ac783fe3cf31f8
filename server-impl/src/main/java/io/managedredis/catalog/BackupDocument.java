package io.managedredis.catalog;

/**
 * The document of one backup.
 *
 * @param folderId the folder (tenant) that the backup belongs to
 * @param json what {@link BackupRendering} made of it; nobody else's, so it is not copied
 */
@SuppressWarnings("ArrayRecordComponent") // Two of them are never compared.
public record BackupDocument(String folderId, byte[] json) {}
