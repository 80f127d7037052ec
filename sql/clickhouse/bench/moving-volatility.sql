-- purpose: Volatility over 20 quotes of one instrument, three years of it.
-- kind: query of a dashboard, for npm run bench:olap
-- grain: effective_date
-- inputs: quote_daily
SELECT effective_date, stddevSamp(log_return) OVER (ORDER BY effective_date ROWS BETWEEN 19 PRECEDING AND CURRENT ROW) AS volatility FROM quote_daily WHERE metal = 'gold-0042' AND effective_date >= '2013-01-01' AND effective_date < '2016-01-01' ORDER BY effective_date
