-- purpose: Every revision of every official price, with the instant it was known.
-- kind: table, replaced by year
-- grain: metal, effective_date, revision
-- inputs: ods.metal_quote
CREATE TABLE IF NOT EXISTS metal_quote
(
  metal LowCardinality(String),
  effective_date Date32,
  revision UInt32,
  buy_rub_per_gram Nullable(Decimal(14, 4)),
  sell_rub_per_gram Nullable(Decimal(14, 4)),
  hold_reason Nullable(String),
  known_at DateTime64(3, 'UTC'),
  source LowCardinality(String),
  simulated Bool
)
ENGINE = MergeTree
PARTITION BY toYear(effective_date)
ORDER BY (metal, effective_date, revision)
