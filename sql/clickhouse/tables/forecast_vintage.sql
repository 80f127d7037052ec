-- purpose: What each published forecast was made with.
-- kind: table, replaced by year of the cutoff
-- grain: vintage_id
-- inputs: dm.forecast_vintage
CREATE TABLE IF NOT EXISTS forecast_vintage
(
  vintage_id String,
  metal LowCardinality(String),
  cutoff Date32,
  made_at DateTime64(3, 'UTC'),
  model_name LowCardinality(String),
  model_version UInt32,
  tracking_run_id String,
  data_hash String,
  simulated Bool,
  horizons UInt16
)
ENGINE = MergeTree
PARTITION BY toYear(cutoff)
ORDER BY (metal, cutoff, vintage_id)
