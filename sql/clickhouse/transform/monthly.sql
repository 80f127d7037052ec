-- purpose: Months from daily quotes; the same definitions as the warehouse's dm.monthly, in this engine's own words.
-- kind: insert into the load table of monthly
-- grain: metal, month
-- inputs: quote_daily
INSERT INTO monthly_load
WITH
  numbered AS
  (
    SELECT
      metal,
      toStartOfMonth(effective_date) AS month,
      effective_date,
      buy_rub_per_gram AS buy,
      sell_rub_per_gram AS sell,
      toFloat64(buy_rub_per_gram) AS price,
      log_return,
      simulated,
      row_number() OVER (PARTITION BY metal, toStartOfMonth(effective_date) ORDER BY effective_date) AS position,
      -- The highest price of the month so far: a drawdown is measured from it.
      max(toFloat64(buy_rub_per_gram)) OVER (
        PARTITION BY metal, toStartOfMonth(effective_date)
        ORDER BY effective_date ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
      ) AS peak,
      -- In decimals, times the count instead of divided: a price equal to the mean is not above it.
      toDecimal128(buy_rub_per_gram, 4) * count() OVER (PARTITION BY metal, toStartOfMonth(effective_date))
        > sum(buy_rub_per_gram) OVER (PARTITION BY metal, toStartOfMonth(effective_date)) AS is_above_mean
    FROM quote_daily
  ),
  months AS
  (
    SELECT
      metal,
      month,
      toUInt32(count()) AS quotes,
      argMin(buy, effective_date) AS first_rub_per_gram,
      argMax(buy, effective_date) AS last_rub_per_gram,
      min(buy) AS min_rub_per_gram,
      max(buy) AS max_rub_per_gram,
      avg(price) AS mean_buy_rub_per_gram,
      avg(toFloat64(sell)) AS mean_sell_rub_per_gram,
      quantileExactInclusive(0.25)(price) AS q25_rub_per_gram,
      quantileExactInclusive(0.5)(price) AS median_rub_per_gram,
      quantileExactInclusive(0.75)(price) AS q75_rub_per_gram,
      if(count(log_return) >= 2, stddevSampStable(log_return) * sqrt(count(log_return)) * 100, NULL) AS volatility_percent,
      min(price / peak - 1) * 100 AS max_drawdown_percent,
      toUInt32(countIf(is_above_mean)) AS days_above_mean,
      if(count() >= 2, covarPopStable(toFloat64(position), price) / varPopStable(toFloat64(position)), NULL) AS trend_rub_per_quote,
      max(simulated) AS simulated
    FROM numbered
    GROUP BY metal, month
  ),
  followed AS
  (
    SELECT
      *,
      lagInFrame(toNullable(month)) OVER before AS former_month,
      lagInFrame(toNullable(toFloat64(last_rub_per_gram))) OVER before AS last_of_former_month
    FROM months
    WINDOW before AS (PARTITION BY metal ORDER BY month ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING)
  )
SELECT
  metal, month, quotes, first_rub_per_gram, last_rub_per_gram, min_rub_per_gram, max_rub_per_gram,
  mean_buy_rub_per_gram, mean_sell_rub_per_gram, q25_rub_per_gram, median_rub_per_gram, q75_rub_per_gram,
  -- A month after a gap has nothing to be compared with.
  if(addMonths(former_month, 1) = month, (toFloat64(last_rub_per_gram) / last_of_former_month - 1) * 100, NULL)
    AS return_percent,
  volatility_percent, max_drawdown_percent, days_above_mean, trend_rub_per_quote, simulated
FROM followed
