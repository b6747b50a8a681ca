-- How many events the node had not read yet that others had committed, when it last renewed its lease. For operators.
ALTER TABLE node ADD COLUMN lag bigint;
