-- purpose: Months of each metal, computed here from the daily quotes and reconciled with the warehouse's own.
-- kind: table, replaced by year
-- grain: metal, month
-- inputs: quote_daily
CREATE TABLE IF NOT EXISTS monthly
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
ENGINE = MergeTree
PARTITION BY toYear(month)
ORDER BY (metal, month)
