-- Numbers of generations are milliseconds since 2020 now, no longer seconds: a restore and a start can happen within one second, and must not give a number again (RULES A3).
ALTER TABLE generation ALTER COLUMN number TYPE bigint;
ALTER TABLE log_batch ALTER COLUMN generation TYPE bigint;

-- Not by ALTER TYPE, which gives the table another file: the sign of a restore (0003.sql).
ALTER TABLE log_head ADD COLUMN number bigint;
UPDATE log_head SET number = generation;
ALTER TABLE log_head ALTER COLUMN number SET NOT NULL;
ALTER TABLE log_head DROP COLUMN generation;
ALTER TABLE log_head RENAME COLUMN number TO generation;
