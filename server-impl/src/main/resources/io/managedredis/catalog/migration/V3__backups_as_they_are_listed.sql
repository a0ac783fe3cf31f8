-- A page of a folder's list is one stretch of this table, and what the API answers of a backup lies ready
-- in it: document, its JSON as the contract has it. SQL can't make that JSON, so it is empty here; the
-- server fills it in before anybody reads it, see the class Renewal.
-- ${listed_key} is the primary key in the order of the list read backwards, and ${clustered} what lets the
-- engine keep the rows in that order, where it can. ${bytes_type} is its type for bytes.
-- Both lists are read backwards, since a new backup is the newest: added at the end of what its owner has,
-- it leaves full pages behind, at the start half empty ones (1270 bytes of file for a backup, against 780).

CREATE TABLE backup_as_listed (
  id              ${id_type}    NOT NULL,
  folder_id       ${id_type}    NOT NULL,
  cluster_id      ${id_type}    NOT NULL,
  started_seconds BIGINT        NOT NULL,
  started_nanos   INTEGER       NOT NULL,
  created_seconds BIGINT        NOT NULL,
  created_nanos   INTEGER       NOT NULL,
  backup_type     TEXT          NOT NULL,
  shard_names     TEXT          NOT NULL,
  raw_bytes       BIGINT        NOT NULL,
  stored_bytes    BIGINT        NOT NULL,
  damaged         INTEGER       NOT NULL DEFAULT 0,
  document        ${bytes_type},
  PRIMARY KEY ${listed_key}
) ${clustered};

INSERT INTO backup_as_listed (id, folder_id, cluster_id, started_seconds, started_nanos, created_seconds,
  created_nanos, backup_type, shard_names, raw_bytes, stored_bytes, damaged)
SELECT id, folder_id, cluster_id, started_seconds, started_nanos, created_seconds,
  created_nanos, backup_type, shard_names, raw_bytes, stored_bytes, damaged
FROM backup ORDER BY folder_id, created_seconds, created_nanos, id DESC;

DROP TABLE backup;
ALTER TABLE backup_as_listed RENAME TO backup;

CREATE UNIQUE INDEX backup_by_id ON backup (id);
CREATE INDEX backup_by_cluster ON backup (cluster_id, created_seconds, created_nanos, id DESC);
CREATE INDEX backup_damaged ON backup (cluster_id) WHERE damaged = 1;
