-- purpose: Rows and the newest day of each year: what the page of health asks.
-- kind: query of a dashboard, for npm run bench:olap
-- grain: year
-- inputs: quote_daily
SELECT toYear(effective_date) AS year, count(), max(effective_date) FROM quote_daily GROUP BY year ORDER BY year
