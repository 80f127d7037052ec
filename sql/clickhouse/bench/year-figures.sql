-- purpose: Lowest, highest, mean and volatility of one instrument over a year.
-- kind: query of a dashboard, for npm run bench:olap
-- grain: one row
-- inputs: quote_daily
SELECT min(buy_rub_per_gram), max(buy_rub_per_gram), avg(toFloat64(buy_rub_per_gram)), stddevSamp(log_return) * 100 FROM quote_daily WHERE metal = 'silver-0007' AND toYear(effective_date) = 2016
