-- How many events the node had not read yet that others had committed, when it last renewed its lease. For people who look at the cluster.
ALTER TABLE node ADD COLUMN lag bigint;
