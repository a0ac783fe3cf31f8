package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import io.managedredis.catalog.Catalog;
import io.managedredis.testing.RunningService;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code catalog.reconcileAtStart}, with a row that no backup stands behind. */
class StartWithoutReconciliationTest {

  private static final String FOLDER = "b1gunreconciled";
  private static final String ID = "c9qunreconciled:20261122T031500-k7m2qz4t";

  @Test
  void aRowWithoutABackupStaysUntilAStartThatComparesAgain(@TempDir Path folder) {
    try (RunningService service =
            RunningService.in(folder).setting("catalog", "{reconcileAtStart: false}").start();
        Catalog catalog = Catalog.open(service.catalogFile(), new BackupJson())) {
      Instant at = Instant.parse("2026-11-22T03:15:41Z");
      assertThat(
              catalog
                  .backups()
                  .add(
                      new BackupEntry(
                          ID,
                          FOLDER,
                          "c9qunreconciled",
                          at,
                          at,
                          BackupType.MANUAL,
                          List.of("shard1"),
                          1,
                          1)))
          .isTrue();
      service.restart();
      assertThat(list(service)).contains(ID);
    }
    try (RunningService service = RunningService.in(folder).start()) {
      assertThat(list(service)).doesNotContain(ID);
    }
  }

  private static String list(RunningService service) {
    return service.send("GET", "/managed-redis/v1/backups?folderId=" + FOLDER).body();
  }
}
