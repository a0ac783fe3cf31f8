-- What every engine of the catalogue understands, and nothing else. Instants are two columns, seconds
-- since 1970 and nanoseconds within the second, since no engine's own type holds the years 1 to 9999
-- to the nanosecond. Booleans are 0 and 1.
-- ${id_type} is the engine's text type that compares byte by byte, so that pages come in the same order
-- everywhere.

CREATE TABLE backup (
  id              ${id_type} NOT NULL PRIMARY KEY,
  folder_id       ${id_type} NOT NULL,
  cluster_id      ${id_type} NOT NULL,
  started_seconds BIGINT     NOT NULL,
  started_nanos   INTEGER    NOT NULL,
  created_seconds BIGINT     NOT NULL,
  created_nanos   INTEGER    NOT NULL,
  backup_type     TEXT       NOT NULL,
  -- Separated by commas, which no shard's name contains; empty when there are none.
  shard_names     TEXT       NOT NULL,
  raw_bytes       BIGINT     NOT NULL,
  stored_bytes    BIGINT     NOT NULL
);

-- The two lists of the API, each in the order in which it is read.
CREATE INDEX backup_by_folder ON backup (folder_id, created_seconds DESC, created_nanos DESC, id);
CREATE INDEX backup_by_cluster ON backup (cluster_id, created_seconds DESC, created_nanos DESC, id);

CREATE TABLE operation (
  id               ${id_type} NOT NULL PRIMARY KEY,
  kind             TEXT       NOT NULL,
  cluster_id       ${id_type} NOT NULL,
  folder_id        ${id_type} NOT NULL,
  backup_id        ${id_type} NOT NULL,
  description      TEXT       NOT NULL,
  created_by       ${id_type} NOT NULL,
  created_seconds  BIGINT     NOT NULL,
  created_nanos    INTEGER    NOT NULL,
  modified_seconds BIGINT     NOT NULL,
  modified_nanos   INTEGER    NOT NULL,
  done             INTEGER    NOT NULL,
  failure_code     INTEGER,
  failure_message  TEXT,
  bytes            BIGINT     NOT NULL,
  shards_done      INTEGER    NOT NULL,
  shards_total     INTEGER    NOT NULL,
  idempotency_key  ${id_type}
);

CREATE INDEX operation_by_cluster ON operation (cluster_id, created_seconds DESC, created_nanos DESC, id);
CREATE INDEX operation_unfinished ON operation (created_seconds, created_nanos, id) WHERE done = 0;

-- The promises that hold between threads and between processes: one backup at a time of a cluster, one
-- deletion at a time of a backup, one operation for one key of one caller.
CREATE UNIQUE INDEX operation_backup_running ON operation (cluster_id)
  WHERE done = 0 AND kind = 'BACKUP_CLUSTER';
CREATE UNIQUE INDEX operation_deletion_running ON operation (backup_id)
  WHERE done = 0 AND kind = 'DELETE_BACKUP';
CREATE UNIQUE INDEX operation_idempotency ON operation (created_by, idempotency_key)
  WHERE idempotency_key IS NOT NULL;

CREATE TABLE declared_cluster (
  id               ${id_type} NOT NULL PRIMARY KEY,
  declared_seconds BIGINT     NOT NULL,
  declared_nanos   INTEGER    NOT NULL
);

CREATE TABLE setting (
  name          ${id_type} NOT NULL PRIMARY KEY,
  setting_value TEXT       NOT NULL
);

-- One row, written to find out whether writing works.
CREATE TABLE probe (
  id     INTEGER NOT NULL PRIMARY KEY,
  writes BIGINT  NOT NULL
);
INSERT INTO probe (id, writes) VALUES (1, 0);
