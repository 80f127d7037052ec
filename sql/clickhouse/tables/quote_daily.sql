-- purpose: Daily quotes of all metals for heavy aggregates and BI tools.
-- kind: table, replaced by year
-- grain: metal, effective_date
-- inputs: dm.quote_daily
CREATE TABLE IF NOT EXISTS quote_daily
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
ENGINE = MergeTree
PARTITION BY toYear(effective_date)
ORDER BY (metal, effective_date)
