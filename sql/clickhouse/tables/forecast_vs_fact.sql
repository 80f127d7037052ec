-- purpose: Past forecasts beside the facts that arrived.
-- kind: table, replaced by year of the target date
-- grain: vintage_id, horizon
-- inputs: dm.forecast_vs_fact
CREATE TABLE IF NOT EXISTS forecast_vs_fact
(
  vintage_id String,
  horizon UInt16,
  metal LowCardinality(String),
  cutoff Date32,
  target_date Date32,
  model_name LowCardinality(String),
  model_version UInt32,
  mean_rub_per_gram Float64,
  naive_rub_per_gram Decimal(14, 4),
  actual_rub_per_gram Decimal(14, 4),
  actual_revision UInt32,
  error_rub Float64,
  inside_80 Bool,
  inside_95 Bool,
  simulated Bool
)
ENGINE = MergeTree
PARTITION BY toYear(target_date)
ORDER BY (metal, target_date, vintage_id, horizon)
