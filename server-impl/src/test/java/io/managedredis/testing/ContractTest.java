package io.managedredis.testing;

import static org.assertj.core.api.Assertions.assertThat;

import io.managedredis.testing.Contract.DeclaredOperation;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ContractTest {
  private final Contract contract = Contract.present();

  @ParameterizedTest
  @CsvSource({
    "GET, /managed-redis/v1/backups, listBackups",
    "GET, /managed-redis/v1/backups/a:b, getBackup",
    "GET, /managed-redis/v1/backups/a%3Ab, getBackup",
    "POST, /managed-redis/v1/backups/a:b:verify, verifyBackup",
    "POST, /managed-redis/v1/clusters/a:backup, backupCluster",
    "GET, /managed-redis/v1/clusters/a:backup, getCluster",
    "GET, /managed-redis/v1/backups/a:b/shards/c/rdb, downloadBackupShard",
  })
  void aRequestIsAnsweredByTheMostLiteralPath(String method, String path, String id) {
    assertThat(contract.at(method, path).map(DeclaredOperation::id)).contains(id);
  }

  @ParameterizedTest
  @CsvSource({
    "PUT, /managed-redis/v1/backups",
    "GET, /managed-redis/v1/backups/",
    "GET, /managed-redis/v1/nothing",
    "POST, /managed-redis/v1/backups/a:b:restore",
  })
  void whatIsNotDeclaredIsNoOperation(String method, String path) {
    assertThat(contract.at(method, path)).isEmpty();
  }

  @Test
  void parametersAndAnswersAreResolved() {
    DeclaredOperation list = contract.operation("listBackups");

    assertThat(list.parameters())
        .extracting("name")
        .containsExactly("folderId", "pageSize", "pageToken");
    assertThat(list.parameter("pageSize").orElseThrow().schema().path("maximum").asInt())
        .isEqualTo(1000);
    assertThat(list.response(400).orElseThrow().path("content").has("application/json")).isTrue();
  }
}
