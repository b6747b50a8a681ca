-- Once, as a superuser (psql -f init.sql): the role and the database of a cluster. Choose another password. The nodes make their tables themselves.
CREATE ROLE opencode LOGIN PASSWORD 'opencode';
CREATE DATABASE opencode OWNER postgres ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE opencode FROM PUBLIC;
GRANT CONNECT ON DATABASE opencode TO opencode;
\connect opencode
-- All that the role owns is this schema. It needs no right to create databases, roles, extensions or other schemas.
CREATE SCHEMA opencode_actors AUTHORIZATION opencode;
-- Optional: shows the nodes who holds an old snapshot, such as a dump of another role that slows appends down. Without it they see their own only.
GRANT pg_read_all_stats TO opencode;
