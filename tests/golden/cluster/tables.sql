-- purpose: Which parts of which tables hold which content: the newest row of a part tells.
-- kind: table, append-only
-- grain: table_name, part, published_at
-- inputs: the publisher
CREATE TABLE IF NOT EXISTS published ON CLUSTER `gold cluster`
(
  table_name LowCardinality(String),
  part String,
  hash String,
  rows UInt64,
  published_at DateTime64(6, 'UTC') DEFAULT now64(6)
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
ORDER BY (table_name, part, published_at)
;

-- purpose: Daily quotes of all metals for heavy aggregates and BI tools.
-- kind: table, replaced by year
-- grain: metal, effective_date
-- inputs: dm.quote_daily
CREATE TABLE IF NOT EXISTS quote_daily ON CLUSTER `gold cluster`
(
  metal LowCardinality(String),
  effective_date Date32,
  buy_rub_per_gram Decimal(14, 4),
  sell_rub_per_gram Nullable(Decimal(14, 4)),
  previous_date Nullable(Date32),
  change_rub Nullable(Decimal(14, 4)),
  change_percent Nullable(Float64),
  log_return Nullable(Float64),
  drawdown_percent Float64,
  usd_rub Nullable(Decimal(14, 6)),
  implied_usd_per_ounce Nullable(Float64),
  metal_contribution Nullable(Float64),
  rouble_contribution Nullable(Float64),
  revision UInt32,
  known_at DateTime64(3, 'UTC'),
  simulated Bool,
  -- Figures of years, kept with every part: a question about all years of all metals reads these few rows, not all quotes.
  PROJECTION years
  (
    SELECT
      metal, toYear(effective_date), count(), min(buy_rub_per_gram), max(buy_rub_per_gram),
      avg(toFloat64(buy_rub_per_gram)), stddevSamp(log_return)
    GROUP BY metal, toYear(effective_date)
  )
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(effective_date)
ORDER BY (metal, effective_date)
;

-- purpose: Daily quotes of all metals for heavy aggregates and BI tools.
-- kind: table, replaced by year
-- grain: metal, effective_date
-- inputs: dm.quote_daily
CREATE TABLE IF NOT EXISTS quote_daily_load ON CLUSTER `gold cluster`
(
  metal LowCardinality(String),
  effective_date Date32,
  buy_rub_per_gram Decimal(14, 4),
  sell_rub_per_gram Nullable(Decimal(14, 4)),
  previous_date Nullable(Date32),
  change_rub Nullable(Decimal(14, 4)),
  change_percent Nullable(Float64),
  log_return Nullable(Float64),
  drawdown_percent Float64,
  usd_rub Nullable(Decimal(14, 6)),
  implied_usd_per_ounce Nullable(Float64),
  metal_contribution Nullable(Float64),
  rouble_contribution Nullable(Float64),
  revision UInt32,
  known_at DateTime64(3, 'UTC'),
  simulated Bool,
  -- Figures of years, kept with every part: a question about all years of all metals reads these few rows, not all quotes.
  PROJECTION years
  (
    SELECT
      metal, toYear(effective_date), count(), min(buy_rub_per_gram), max(buy_rub_per_gram),
      avg(toFloat64(buy_rub_per_gram)), stddevSamp(log_return)
    GROUP BY metal, toYear(effective_date)
  )
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(effective_date)
ORDER BY (metal, effective_date)
;

-- purpose: Every revision of every official price, with the instant it was known.
-- kind: table, replaced by year
-- grain: metal, effective_date, revision
-- inputs: ods.metal_quote
CREATE TABLE IF NOT EXISTS metal_quote ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(effective_date)
ORDER BY (metal, effective_date, revision)
;

-- purpose: Every revision of every official price, with the instant it was known.
-- kind: table, replaced by year
-- grain: metal, effective_date, revision
-- inputs: ods.metal_quote
CREATE TABLE IF NOT EXISTS metal_quote_load ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(effective_date)
ORDER BY (metal, effective_date, revision)
;

-- purpose: Every revision of the official dollar rate, with the instant it was known.
-- kind: table, replaced by year
-- grain: currency, effective_date, revision
-- inputs: ods.fx_rate
CREATE TABLE IF NOT EXISTS fx_rate ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(effective_date)
ORDER BY (currency, effective_date, revision)
;

-- purpose: Every revision of the official dollar rate, with the instant it was known.
-- kind: table, replaced by year
-- grain: currency, effective_date, revision
-- inputs: ods.fx_rate
CREATE TABLE IF NOT EXISTS fx_rate_load ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(effective_date)
ORDER BY (currency, effective_date, revision)
;

-- purpose: Months of each metal, computed here from the daily quotes and reconciled with the warehouse's own.
-- kind: table, replaced by year
-- grain: metal, month
-- inputs: quote_daily
CREATE TABLE IF NOT EXISTS monthly ON CLUSTER `gold cluster`
(
  metal LowCardinality(String),
  month Date32,
  quotes UInt32,
  first_rub_per_gram Decimal(14, 4),
  last_rub_per_gram Decimal(14, 4),
  min_rub_per_gram Decimal(14, 4),
  max_rub_per_gram Decimal(14, 4),
  mean_buy_rub_per_gram Float64,
  mean_sell_rub_per_gram Nullable(Float64),
  q25_rub_per_gram Float64,
  median_rub_per_gram Float64,
  q75_rub_per_gram Float64,
  return_percent Nullable(Float64),
  volatility_percent Nullable(Float64),
  max_drawdown_percent Float64,
  days_above_mean UInt32,
  trend_rub_per_quote Nullable(Float64),
  simulated Bool
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(month)
ORDER BY (metal, month)
;

-- purpose: Months of each metal, computed here from the daily quotes and reconciled with the warehouse's own.
-- kind: table, replaced by year
-- grain: metal, month
-- inputs: quote_daily
CREATE TABLE IF NOT EXISTS monthly_load ON CLUSTER `gold cluster`
(
  metal LowCardinality(String),
  month Date32,
  quotes UInt32,
  first_rub_per_gram Decimal(14, 4),
  last_rub_per_gram Decimal(14, 4),
  min_rub_per_gram Decimal(14, 4),
  max_rub_per_gram Decimal(14, 4),
  mean_buy_rub_per_gram Float64,
  mean_sell_rub_per_gram Nullable(Float64),
  q25_rub_per_gram Float64,
  median_rub_per_gram Float64,
  q75_rub_per_gram Float64,
  return_percent Nullable(Float64),
  volatility_percent Nullable(Float64),
  max_drawdown_percent Float64,
  days_above_mean UInt32,
  trend_rub_per_quote Nullable(Float64),
  simulated Bool
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(month)
ORDER BY (metal, month)
;

-- purpose: Every forecast ever published, by target date.
-- kind: table, replaced by year of the target date
-- grain: vintage_id, horizon
-- inputs: dm.forecast_point
CREATE TABLE IF NOT EXISTS forecast_point ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(target_date)
ORDER BY (vintage_id, horizon)
;

-- purpose: Every forecast ever published, by target date.
-- kind: table, replaced by year of the target date
-- grain: vintage_id, horizon
-- inputs: dm.forecast_point
CREATE TABLE IF NOT EXISTS forecast_point_load ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(target_date)
ORDER BY (vintage_id, horizon)
;

-- purpose: What each published forecast was made with.
-- kind: table, replaced by year of the cutoff
-- grain: vintage_id
-- inputs: dm.forecast_vintage
CREATE TABLE IF NOT EXISTS forecast_vintage ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(cutoff)
ORDER BY (metal, cutoff, vintage_id)
;

-- purpose: What each published forecast was made with.
-- kind: table, replaced by year of the cutoff
-- grain: vintage_id
-- inputs: dm.forecast_vintage
CREATE TABLE IF NOT EXISTS forecast_vintage_load ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(cutoff)
ORDER BY (metal, cutoff, vintage_id)
;

-- purpose: Past forecasts beside the facts that arrived.
-- kind: table, replaced by year of the target date
-- grain: vintage_id, horizon
-- inputs: dm.forecast_vs_fact
CREATE TABLE IF NOT EXISTS forecast_vs_fact ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(target_date)
ORDER BY (metal, target_date, vintage_id, horizon)
;

-- purpose: Past forecasts beside the facts that arrived.
-- kind: table, replaced by year of the target date
-- grain: vintage_id, horizon
-- inputs: dm.forecast_vs_fact
CREATE TABLE IF NOT EXISTS forecast_vs_fact_load ON CLUSTER `gold cluster`
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
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYear(target_date)
ORDER BY (metal, target_date, vintage_id, horizon)
;

-- purpose: Results of every tournament by model, block and horizon.
-- kind: table, replaced whole
-- grain: tournament_id, model, block, horizon
-- inputs: dm.model_score
CREATE TABLE IF NOT EXISTS model_score ON CLUSTER `gold cluster`
(
  tournament_id String,
  metal LowCardinality(String),
  model LowCardinality(String),
  block LowCardinality(String),
  horizon UInt16,
  origins UInt32,
  mae Float64,
  rmse Float64,
  r2 Nullable(Float64),
  mase Float64,
  bias Float64,
  wis Float64,
  coverage80 Float64,
  coverage95 Float64,
  skill_vs_naive Float64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
ORDER BY (metal, tournament_id, model, block, horizon)
;

-- purpose: Results of every tournament by model, block and horizon.
-- kind: table, replaced whole
-- grain: tournament_id, model, block, horizon
-- inputs: dm.model_score
CREATE TABLE IF NOT EXISTS model_score_load ON CLUSTER `gold cluster`
(
  tournament_id String,
  metal LowCardinality(String),
  model LowCardinality(String),
  block LowCardinality(String),
  horizon UInt16,
  origins UInt32,
  mae Float64,
  rmse Float64,
  r2 Nullable(Float64),
  mase Float64,
  bias Float64,
  wis Float64,
  coverage80 Float64,
  coverage95 Float64,
  skill_vs_naive Float64
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
ORDER BY (metal, tournament_id, model, block, horizon)

