-- purpose: Every revision of the official dollar rate, with the instant it was known.
-- kind: table, replaced by year
-- grain: currency, effective_date, revision
-- inputs: ods.fx_rate
CREATE TABLE IF NOT EXISTS fx_rate
(
  currency LowCardinality(String),
  effective_date Date32,
  revision UInt32,
  rate_rub Nullable(Decimal(14, 6)),
  hold_reason Nullable(String),
  known_at DateTime64(3, 'UTC'),
  source LowCardinality(String),
  simulated Bool
)
ENGINE = MergeTree
PARTITION BY toYear(effective_date)
ORDER BY (currency, effective_date, revision)
