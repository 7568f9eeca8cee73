-- Each batch passes the index entries of the reservations that were settled since the last vacuum. Left at a
-- fifth of the table, that were two million of a ledger of ten million rows: see docs/benchmarks-growth.md.
ALTER TABLE "usage_attempt" SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 50000);
