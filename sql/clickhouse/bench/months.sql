-- purpose: Months of one instrument: quartiles, volatility, days.
-- kind: query of a dashboard, for npm run bench:olap
-- grain: month
-- inputs: quote_daily
SELECT toStartOfMonth(effective_date) AS month, count(), min(buy_rub_per_gram), max(buy_rub_per_gram), quantilesExactInclusive(0.25, 0.5, 0.75)(toFloat64(buy_rub_per_gram)), stddevSamp(log_return) FROM quote_daily WHERE metal = 'palladium-2001' GROUP BY month ORDER BY month
