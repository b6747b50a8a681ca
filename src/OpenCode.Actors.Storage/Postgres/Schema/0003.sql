-- Which run of the server was last seen, on which files of which database: with another one a generation begins at the head that is there, since a disk or a dump may have been
-- restored in between (rule "Good cursor").
ALTER TABLE log_head ADD COLUMN run text;
UPDATE log_head SET run = concat_ws('/', extract(epoch FROM pg_postmaster_start_time()), (SELECT oid FROM pg_database WHERE datname = current_database()), pg_relation_filenode('log_head'));
ALTER TABLE log_head ALTER COLUMN run SET NOT NULL;
