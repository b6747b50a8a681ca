-- Version 1. Runs inside one transaction, with the search path at the schema of the cluster.

-- What is fixed for the life of the database: timeline (8 letters and digits), shards, and once the first node came the default location.
CREATE TABLE setting (key text PRIMARY KEY, value text NOT NULL);

-- One row, locked by every append: pos is the offset of the last entry, bytes the size of all bodies ever written, born the number of rows of state ever written.
-- Its old versions die at once, so the page is left mostly free for the next ones.
CREATE TABLE log_head (
  one bool PRIMARY KEY DEFAULT true CHECK (one),
  pos bigint NOT NULL,
  bytes bigint NOT NULL DEFAULT 0,
  born bigint NOT NULL DEFAULT 0,
  generation int NOT NULL,
  system text NOT NULL,
  line text NOT NULL
) WITH (fillfactor = 10, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

-- One row: the last offset that is gone. Written before the rows of log_batch go.
CREATE TABLE log_floor (one bool PRIMARY KEY DEFAULT true CHECK (one), floor bigint NOT NULL);

-- Every life of the database, with the head it began at. Numbers after the first are times (seconds since 2020): a backup does not know the lives that came after it,
-- and a life must not get the number of one of those.
CREATE TABLE generation (number int PRIMARY KEY, head_before bigint NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());

-- One row a process that appends: the number of its last batch, and where that batch begins.
CREATE TABLE writer (id text PRIMARY KEY, seq bigint NOT NULL, first bigint NOT NULL, seen timestamptz NOT NULL DEFAULT clock_timestamp())
  WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

-- One row a batch; bytes is that of log_head with this batch, so that retention finds by first alone how much lies behind a batch.
-- Bodies are compact already: not compressed, and moved out of the row only from about 2 kB.
CREATE TABLE log_batch (
  first bigint PRIMARY KEY,
  count int NOT NULL CHECK (count > 0),
  generation int NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  bytes bigint NOT NULL,
  body bytea NOT NULL
);
ALTER TABLE log_batch ALTER COLUMN body SET STORAGE EXTERNAL;

-- Rows of state; born gives the order in which they were first written. It is twice a number of log_head, plus one where a deleted row is written again.
CREATE TABLE state (
  kind text NOT NULL,
  owner text NOT NULL,
  key text NOT NULL,
  body bytea NOT NULL,
  pos bigint NOT NULL,
  born bigint NOT NULL,
  PRIMARY KEY (owner, kind, key)
);
CREATE INDEX state_kind ON state (kind);

-- Nodes, one row an incarnation. tag is the application_name of its connections.
CREATE TABLE node (
  name text NOT NULL,
  inc bigint NOT NULL,
  status text NOT NULL CHECK (status IN ('joining', 'up', 'leaving', 'dead')),
  beat bigint NOT NULL DEFAULT 0,
  url text NOT NULL,
  tag text NOT NULL,
  protocol int NOT NULL,
  version text NOT NULL,
  location text,
  joined timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (name, inc)
) WITH (fillfactor = 50);

-- The owner of a shard; token grows with every change of the owner.
CREATE TABLE shard (part int PRIMARY KEY, owner text, inc bigint, token bigint NOT NULL DEFAULT 0) WITH (fillfactor = 50);

INSERT INTO setting (key, value)
  SELECT 'timeline', string_agg(substr('0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz', 1 + floor(random() * 62)::int, 1), '')
  FROM generate_series(1, 8);
INSERT INTO setting (key, value) VALUES ('shards', '64');
INSERT INTO shard (part) SELECT generate_series(0, 63);
INSERT INTO log_floor (floor) VALUES (0);
INSERT INTO generation (number, head_before) VALUES (1, 0);
INSERT INTO log_head (pos, generation, system, line)
  SELECT 0, 1, system_identifier::text, substr(pg_walfile_name(pg_current_wal_lsn()), 1, 8) FROM pg_control_system();
