-- Whether a proof of the backup found something wrong when it was last looked at. The truth stands in the
-- repository, beside the data; this is for counting.
ALTER TABLE backup ADD COLUMN damaged INTEGER NOT NULL DEFAULT 0;
CREATE INDEX backup_damaged ON backup (cluster_id) WHERE damaged = 1;

-- One verification of a backup at a time.
CREATE UNIQUE INDEX operation_verification_running ON operation (backup_id)
  WHERE done = 0 AND kind = 'VERIFY_BACKUP';
