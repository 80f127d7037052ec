-- purpose: Every forecast ever published, by target date.
-- kind: table, replaced by year of the target date
-- grain: vintage_id, horizon
-- inputs: dm.forecast_point
CREATE TABLE IF NOT EXISTS forecast_point
(
  vintage_id String,
  horizon UInt16,
  target_date Date32,
  is_provisional Bool,
  mean_rub_per_gram Float64,
  median_rub_per_gram Float64,
  q025_rub_per_gram Float64,
  q050_rub_per_gram Float64,
  q100_rub_per_gram Float64,
  q250_rub_per_gram Float64,
  q500_rub_per_gram Float64,
  q750_rub_per_gram Float64,
  q900_rub_per_gram Float64,
  q950_rub_per_gram Float64,
  q975_rub_per_gram Float64
)
ENGINE = MergeTree
PARTITION BY toYear(target_date)
ORDER BY (vintage_id, horizon)
