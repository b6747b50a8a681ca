-- Version 1 of hub.db. Runs in one transaction. Pragmas of the file (WAL, auto_vacuum) are set when it is made.

-- What is fixed for the life of the log (timeline: 8 letters and digits), and the boot of the machine on which the file was last looked over (boot).
CREATE TABLE setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- One row: the last offset that is gone. Changed with the rows of log_batch that go.
CREATE TABLE log_floor (one INTEGER PRIMARY KEY CHECK (one = 1), floor INTEGER NOT NULL);

-- Every start of the log, with the head it found; the last one runs. Numbers after the first are times, in milliseconds since 2020 (rule "Good cursor").
CREATE TABLE generation (number INTEGER PRIMARY KEY, head_before INTEGER NOT NULL);

-- One row a batch: first is the offset of its first entry, at microseconds since 1970, bytes the size of all bodies up to its own. The head of the log is the end of the last
-- one, or the floor where there is none: a row of its own for it would be another page to write in each commit.
CREATE TABLE log_batch (first INTEGER PRIMARY KEY, count INTEGER NOT NULL CHECK (count > 0), generation INTEGER NOT NULL, at INTEGER NOT NULL, bytes INTEGER NOT NULL, body BLOB NOT NULL);

-- Rows of state; born is the order in which they were first written, pos the head of the log right after their batch. body is JSON in UTF-8.
CREATE TABLE state (born INTEGER PRIMARY KEY, kind TEXT NOT NULL, owner TEXT NOT NULL, key TEXT NOT NULL, pos INTEGER NOT NULL, body BLOB NOT NULL);
CREATE UNIQUE INDEX state_row ON state (owner, kind, key);
CREATE INDEX state_kind ON state (kind);

-- For people, with any sqlite3 from 3.38 on: rows of state as text.
CREATE VIEW state_json AS SELECT kind, owner, key, pos, CAST(body AS TEXT) AS json FROM state;

-- For people: the events of the last 100 batches, decoded from their bodies (Bodies/BodyWriter.cs). A step of "field" reads either the length of a field (width is 0) or the field behind it.
-- Fields: 0 the flags of an entry, 1 event id, 2 type, 3 location, 4 project, 5 session, 6 sequence, 7 properties.
CREATE VIEW last_event AS
WITH RECURSIVE
  alphabet (octets) AS (SELECT X'000102030405060708090A0B0C0D0E0F101112131415161718191A1B1C1D1E1F202122232425262728292A2B2C2D2E2F303132333435363738393A3B3C3D3E3F404142434445464748494A4B4C4D4E4F505152535455565758595A5B5C5D5E5F606162636465666768696A6B6C6D6E6F707172737475767778797A7B7C7D7E7F808182838485868788898A8B8C8D8E8F909192939495969798999A9B9C9D9E9FA0A1A2A3A4A5A6A7A8A9AAABACADAEAFB0B1B2B3B4B5B6B7B8B9BABBBCBDBEBFC0C1C2C3C4C5C6C7C8C9CACBCCCDCECFD0D1D2D3D4D5D6D7D8D9DADBDCDDDEDFE0E1E2E3E4E5E6E7E8E9EAEBECEDEEEFF0F1F2F3F4F5F6F7F8F9FAFBFCFDFEFF'),
  recent AS (SELECT first, at, body FROM log_batch ORDER BY first DESC LIMIT 100),
  field (first, at, body, place, number, flags, p, width, size, id, type, location, project, session, sequence, properties) AS (
    SELECT first, at, body, 0, 0, 0, 1, 0, 0, NULL, NULL, NULL, NULL, NULL, NULL, NULL FROM recent
    UNION ALL
    SELECT
      first, at, body,
      place + (number = 7 AND width > 0),
      CASE
        WHEN number = 0 THEN 1
        WHEN width = 0 AND number <> 6 THEN number
        WHEN number = 7 THEN 0
        WHEN number = 1 THEN 2
        WHEN number < 3 AND flags & 2 THEN 3
        WHEN number < 4 AND flags & 4 THEN 4
        WHEN number < 5 AND flags & 8 THEN 5
        WHEN number < 6 AND flags & 16 THEN 6
        ELSE 7
      END,
      CASE WHEN number = 0 THEN (instr(octets, substr(body, p + 1, 1)) - 1) ELSE flags END,
      CASE
        WHEN number = 0 THEN p + 2
        WHEN width > 0 THEN p + size
        WHEN hex(substr(body, p, 1)) < '80' THEN p + 1
        WHEN hex(substr(body, p + 1, 1)) < '80' THEN p + 2
        WHEN hex(substr(body, p + 2, 1)) < '80' THEN p + 3
        ELSE p + 4
      END,
      CASE WHEN number IN (0, 6) OR width > 0 THEN 0 ELSE 1 END,
      CASE
        WHEN hex(substr(body, p, 1)) < '80' THEN (instr(octets, substr(body, p, 1)) - 1)
        WHEN hex(substr(body, p + 1, 1)) < '80' THEN ((instr(octets, substr(body, p, 1)) - 1) & 127) | ((instr(octets, substr(body, p + 1, 1)) - 1) << 7)
        WHEN hex(substr(body, p + 2, 1)) < '80' THEN ((instr(octets, substr(body, p, 1)) - 1) & 127) | (((instr(octets, substr(body, p + 1, 1)) - 1) & 127) << 7) | ((instr(octets, substr(body, p + 2, 1)) - 1) << 14)
        ELSE ((instr(octets, substr(body, p, 1)) - 1) & 127) | (((instr(octets, substr(body, p + 1, 1)) - 1) & 127) << 7) | (((instr(octets, substr(body, p + 2, 1)) - 1) & 127) << 14) | ((instr(octets, substr(body, p + 3, 1)) - 1) << 21)
      END,
      CASE WHEN number = 1 AND width > 0 THEN CAST(substr(body, p, size) AS TEXT) ELSE id END,
      CASE WHEN number = 2 AND width > 0 THEN CAST(substr(body, p, size) AS TEXT) ELSE type END,
      CASE WHEN number = 0 THEN NULL WHEN number = 3 AND width > 0 THEN CAST(substr(body, p, size) AS TEXT) ELSE location END,
      CASE WHEN number = 0 THEN NULL WHEN number = 4 AND width > 0 THEN CAST(substr(body, p, size) AS TEXT) ELSE project END,
      CASE WHEN number = 0 THEN NULL WHEN number = 5 AND width > 0 THEN CAST(substr(body, p, size) AS TEXT) ELSE session END,
      CASE
        WHEN number = 0 THEN NULL
        WHEN number = 6 AND hex(substr(body, p, 1)) < '80' THEN (instr(octets, substr(body, p, 1)) - 1)
        WHEN number = 6 AND hex(substr(body, p + 1, 1)) < '80' THEN ((instr(octets, substr(body, p, 1)) - 1) & 127) | ((instr(octets, substr(body, p + 1, 1)) - 1) << 7)
        WHEN number = 6 THEN ((instr(octets, substr(body, p, 1)) - 1) & 127) | (((instr(octets, substr(body, p + 1, 1)) - 1) & 127) << 7) | ((instr(octets, substr(body, p + 2, 1)) - 1) << 14)
        ELSE sequence
      END,
      CASE WHEN number = 7 AND width > 0 THEN CAST(substr(body, p, size) AS TEXT) ELSE properties END
    FROM alphabet, field WHERE number > 0 OR p <= length(body))
SELECT first + place - 1 AS "offset", strftime('%Y-%m-%dT%H:%M:%fZ', at / 1000000.0, 'unixepoch') AS time, id, type, location, project, session, sequence, properties
FROM field WHERE number = 0 AND place > 0;

INSERT INTO log_floor (one, floor) VALUES (1, 0);
