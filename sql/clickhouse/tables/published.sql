-- purpose: Which parts of which tables hold which content: the newest row of a part tells.
-- kind: table, append-only
-- grain: table_name, part, published_at
-- inputs: the publisher
CREATE TABLE IF NOT EXISTS published
(
  table_name LowCardinality(String),
  part String,
  hash String,
  rows UInt64,
  published_at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = MergeTree
ORDER BY (table_name, part, published_at)
