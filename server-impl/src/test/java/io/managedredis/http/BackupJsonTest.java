package io.managedredis.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.api.model.Backup;
import io.managedredis.catalog.BackupEntry;
import io.managedredis.catalog.BackupType;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BackupJsonTest {
  private static final Instant NOON = Instant.parse("2026-11-22T12:00:00.123456Z");

  @ParameterizedTest
  @EnumSource(BackupType.class)
  void theDocumentIsTheModelOfTheContract(BackupType type) throws Exception {
    BackupEntry entry =
        new BackupEntry("c:é🙂", "f", "c", NOON.minusNanos(1), NOON, type, List.of("a"), 1, 2);

    Backup read = Json.mapper().readValue(new BackupJson().render(entry), Backup.class);

    assertThat(read).isEqualTo(WireModels.backup(entry));
  }

  @Test
  void theVersionIsTheSameForEverybody() {
    assertThat(new BackupJson().version())
        .isEqualTo(new BackupJson().version())
        .matches("[0-9a-f]{16}");
  }
}
