-- Numbers of generations are milliseconds since 2020 now, no longer seconds: a restore and a start can happen within one second, and must not give a number again (rule "Good cursor").
ALTER TABLE generation ALTER COLUMN number TYPE bigint;
ALTER TABLE log_batch ALTER COLUMN generation TYPE bigint;

-- Not by ALTER TYPE, which gives the table another file: the sign of a restore (0003.sql).
ALTER TABLE log_head ADD COLUMN number bigint;
UPDATE log_head SET number = generation;
ALTER TABLE log_head ALTER COLUMN number SET NOT NULL;
ALTER TABLE log_head DROP COLUMN generation;
ALTER TABLE log_head RENAME COLUMN number TO generation;

-- A cluster of nodes again, by another protocol: nodes of the one before are refused (rule "No mixed protocols"), and this does not run while one of them lives. Their rows are useless.
DROP TABLE node;

-- One row a life of a node. uid is Akka's, of the actor system; tag is the application_name of its connections.
CREATE TABLE node (
  name text NOT NULL,
  uid bigint NOT NULL,
  address text NOT NULL,
  status text NOT NULL CHECK (status IN ('joining', 'up', 'dead')),
  protocol int NOT NULL,
  version text NOT NULL,
  location text NOT NULL,
  tag text NOT NULL,
  joined timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (name, uid)
);

-- When a node last looked at the rows, and how many entries of the log it had not read yet then: twice a second, in place. Apart from its row, which claims and verdicts lock.
CREATE TABLE look (
  name text NOT NULL,
  uid bigint NOT NULL,
  at timestamptz NOT NULL DEFAULT clock_timestamp(),
  behind bigint,
  PRIMARY KEY (name, uid),
  FOREIGN KEY (name, uid) REFERENCES node ON DELETE CASCADE
) WITH (fillfactor = 50, autovacuum_vacuum_threshold = 500, autovacuum_vacuum_scale_factor = 0);

-- Who claimed a shard last, when its first session came up there; token grows with every claim and never shrinks, over this change too.
ALTER TABLE shard DROP COLUMN inc;
ALTER TABLE shard ADD COLUMN uid bigint;
ALTER TABLE shard ADD COLUMN address text;
UPDATE shard SET owner = NULL;

-- Bodies too large for a message between nodes. Removed by the reader, or by retention 15 minutes after they came.
CREATE TABLE large_body (key text PRIMARY KEY, body bytea NOT NULL, at timestamptz NOT NULL DEFAULT clock_timestamp());
ALTER TABLE large_body ALTER COLUMN body SET STORAGE EXTERNAL;

-- One row: the config that clients changed while the cluster ran.
CREATE TABLE config (one bool PRIMARY KEY DEFAULT true CHECK (one), version bigint NOT NULL, json text NOT NULL);
INSERT INTO config (version, json) VALUES (0, '{}');
