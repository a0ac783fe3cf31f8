package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.managedredis.repository.BackupId;
import io.managedredis.repository.Keyring;
import io.managedredis.repository.LocalRepository;
import io.managedredis.repository.Manifest;
import io.managedredis.repository.ShardManifest;
import io.managedredis.repository.StoredBackups;
import io.managedredis.testing.RedisProcess;
import io.managedredis.testing.RunningService;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a download that ends in a way that nobody foresaw. */
class SnapshotDownloadTest {

  private static final String CLUSTER = "c9qdownload000000002";

  @Test
  void anErrorInTheMiddleBreaksTheConnectionOff(@TempDir Path folder) throws Exception {
    try (RedisProcess redis =
            RedisProcess.builder().setting("repl-diskless-sync-delay", "0").start();
        RunningService service =
            RunningService.in(folder).cluster(CLUSTER, "b1gdownload", redis.address()).start();
        StoredBackups backups = LocalRepository.openBeside(service.repository(), Keyring.none())) {
      BackupId id = BackupId.parse(service.takeBackup(CLUSTER)).orElseThrow();
      Manifest manifest = backups.manifest(id).orElseThrow();
      ShardManifest shard = manifest.shards().get(0);
      AtomicInteger broken = new AtomicInteger();
      SnapshotDownload download =
          SnapshotDownload.open(new DownloadSlots(1), backups, id, shard, null, null);
      download.whenBroken(broken::incrementAndGet);

      assertThatThrownBy(
              () ->
                  download.write(
                      new OutputStream() {
                        @Override
                        public void write(int b) {
                          throw new OutOfMemoryError("no room");
                        }
                      }))
          .isInstanceOf(OutOfMemoryError.class);

      assertThat(broken).hasValue(1);
    }
  }
}
