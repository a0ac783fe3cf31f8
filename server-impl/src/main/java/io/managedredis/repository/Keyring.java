package io.managedredis.repository;

import com.google.crypto.tink.KeyStatus;
import com.google.crypto.tink.KeysetHandle;
import com.google.crypto.tink.StreamingAead;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingKey;
import com.google.crypto.tink.streamingaead.AesGcmHkdfStreamingParameters;
import com.google.crypto.tink.subtle.AesGcmHkdfStreaming;
import java.io.IOException;
import java.nio.channels.SeekableByteChannel;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The keys that stored snapshots are encrypted with: new ones with the primary key, and each is
 * opened with exactly the key that its manifest names. A snapshot is bound to its backup and its
 * shard: in another one's place it cannot be opened.
 */
public final class Keyring {
  private static final int KEY_BYTES = 32;

  /** What Tink keeps in memory twice for each snapshot that is read or written. */
  private static final int LONGEST_SEGMENT = 16 << 20;

  private static final Keyring NONE = new Keyring("", Map.of());

  private final String primaryKeyId;
  private final Map<String, StreamingAead> keys;

  private Keyring(String primaryKeyId, Map<String, StreamingAead> keys) {
    this.primaryKeyId = primaryKeyId;
    this.keys = Map.copyOf(keys);
  }

  /** No keys: new snapshots are not encrypted, and encrypted ones are not opened. */
  public static Keyring none() {
    return NONE;
  }

  /**
   * The enabled keys of a Tink keyset in JSON, in clear.
   *
   * @throws KeysetException when the file is missing, unreadable, open to other users, not a
   *     keyset, or has other keys than AES256_GCM_HKDF ones or no enabled primary key
   */
  public static Keyring read(Path keysetFile) throws KeysetException {
    KeysetHandle keyset = new KeysetFile(keysetFile).load();
    Map<String, StreamingAead> keys = new LinkedHashMap<>();
    for (int i = 0; i < keyset.size(); i++) {
      KeysetHandle.Entry entry = keyset.getAt(i);
      if (entry.getStatus().equals(KeyStatus.ENABLED)
          && keys.put(KeysetFile.id(entry.getId()), primitive(keysetFile, entry)) != null) {
        throw new KeysetException(
            keysetFile + " has two keys with the id " + KeysetFile.id(entry.getId()), null);
      }
    }
    return new Keyring(KeysetFile.id(keyset.getPrimary().getId()), keys);
  }

  private static StreamingAead primitive(Path keysetFile, KeysetHandle.Entry entry)
      throws KeysetException {
    String id = KeysetFile.id(entry.getId());
    if (!(entry.getKey() instanceof AesGcmHkdfStreamingKey key) || !fits(key.getParameters())) {
      throw new KeysetException(
          keysetFile
              + " is not a keyset for backups: its key "
              + id
              + " is not an AES256_GCM_HKDF key of Tink's StreamingAead. Make one with: key create",
          null);
    }
    try {
      return AesGcmHkdfStreaming.create(key);
    } catch (GeneralSecurityException e) {
      throw new KeysetException(
          "Key " + id + " of " + keysetFile + " cannot be used: " + e.getMessage(), e);
    }
  }

  private static boolean fits(AesGcmHkdfStreamingParameters parameters) {
    return parameters.getKeySizeBytes() >= KEY_BYTES
        && parameters.getDerivedAesGcmKeySizeBytes() == KEY_BYTES
        && parameters.getCiphertextSegmentSizeBytes() <= LONGEST_SEGMENT;
  }

  /** The key that new snapshots are encrypted with: its unsigned id in decimal; empty for none. */
  public String primaryKeyId() {
    return primaryKeyId;
  }

  /** The value of {@link ShardManifest#encryption} for what is written now. */
  public String encryption() {
    return primaryKeyId.isEmpty() ? ShardManifest.NOT_ENCRYPTED : ShardManifest.AES_256_GCM;
  }

  /** Whether a shard can be decrypted; true when it is not encrypted. */
  boolean opens(ShardManifest shard) {
    return shard.encryption().equals(ShardManifest.NOT_ENCRYPTED)
        || keys.containsKey(shard.keyId());
  }

  /**
   * What is written there comes out encrypted with the primary key, or as it is when there is none.
   * Closing writes the last segment and closes {@code to}.
   */
  WritableByteChannel encrypting(WritableByteChannel to, BackupId backup, String shardName)
      throws IOException, GeneralSecurityException {
    StreamingAead key = keys.get(primaryKeyId);
    return key == null ? to : key.newEncryptingChannel(to, associatedData(backup, shardName));
  }

  /**
   * What is stored, decrypted with the key that the manifest names. Nothing is given out that was
   * not authenticated.
   *
   * @throws KeyMissingException when that key is not at hand
   */
  SeekableByteChannel decrypting(SeekableByteChannel from, BackupId backup, ShardManifest shard)
      throws IOException, GeneralSecurityException {
    if (shard.encryption().equals(ShardManifest.NOT_ENCRYPTED)) {
      return from;
    }
    StreamingAead key = keys.get(shard.keyId());
    if (key == null) {
      throw new KeyMissingException(
          "Shard "
              + shard.name()
              + " of backup "
              + backup
              + " is encrypted with key "
              + Names.printable(shard.keyId())
              + ", which "
              + (keys.isEmpty()
                  ? "cannot be had: no keyset is configured. Name the keyset that the backup was"
                      + " made with as encryption.keysetFile"
                  : "is not an enabled key of the keyset. Add the old key back, or name the keyset"
                      + " that the backup was made with as encryption.keysetFile")
              + "; without that key the backup cannot be read");
    }
    return key.newSeekableDecryptingChannel(from, associatedData(backup, shard.name()));
  }

  private static byte[] associatedData(BackupId backup, String shardName) {
    return ("managed-redis-backup/1\n" + backup + "\n" + shardName)
        .getBytes(StandardCharsets.UTF_8);
  }
}
