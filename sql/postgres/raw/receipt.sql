-- purpose: Record that a receipt was loaded, with what came of it.
-- kind: append-only
insert into raw.load (
  receipt_key, object_key, sha256, source, simulated, series, range_from, range_to, received_at,
  records, inserted, unchanged
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
