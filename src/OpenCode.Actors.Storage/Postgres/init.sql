-- Once, as a superuser (psql -f init.sql): the role and the database of a journal. Choose another password. The program makes its tables itself.
CREATE ROLE opencode LOGIN PASSWORD 'opencode';
CREATE DATABASE opencode OWNER postgres ENCODING 'UTF8' TEMPLATE template0;
REVOKE CONNECT ON DATABASE opencode FROM PUBLIC;
GRANT CONNECT ON DATABASE opencode TO opencode;
\connect opencode
-- All that the role owns is this schema. It needs no right to create databases, roles, extensions or other schemas.
CREATE SCHEMA opencode_actors AUTHORIZATION opencode;
-- Optional: shows the program which role holds an old snapshot, such as a dump of another role that slows appends down. Without it the program sees its own only.
GRANT pg_read_all_stats TO opencode;
