-- purpose: Years of all instruments together: every row is read.
-- kind: query of a dashboard, for npm run bench:olap
-- grain: metal, year
-- inputs: quote_daily
SELECT substringIndex(metal, '-', 1) AS kind, toYear(effective_date) AS year, avg(toFloat64(buy_rub_per_gram)), stddevSamp(log_return) FROM quote_daily GROUP BY kind, year ORDER BY kind, year
