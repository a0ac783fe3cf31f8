package bench;

import bench.Application.NotFoundException;
import bench.api.BackupApi;
import bench.api.ClusterApi;
import bench.api.model.Backup;
import bench.api.model.ListBackupsResponse;
import org.springframework.web.bind.annotation.RestController;

/** Reading backups. */
@RestController
class BackupController implements BackupApi, ClusterApi {
  private final Backups backups;

  BackupController(Backups backups) {
    this.backups = backups;
  }

  @Override
  public Backup getBackup(String backupId) {
    return backups.find(backupId).orElseThrow(() -> new NotFoundException("Backup", backupId));
  }

  @Override
  public ListBackupsResponse listBackups(String folderId, Long pageSize, String pageToken) {
    return backups.page("folder_id", folderId, pageSize, pageToken);
  }

  @Override
  public ListBackupsResponse listClusterBackups(
      String clusterId, Long pageSize, String pageToken) {
    return backups.page("cluster_id", clusterId, pageSize, pageToken);
  }
}
