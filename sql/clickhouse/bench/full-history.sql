-- purpose: The whole history of one instrument.
-- kind: query of a dashboard, for npm run bench:olap
-- grain: effective_date
-- inputs: quote_daily
SELECT effective_date, buy_rub_per_gram, drawdown_percent FROM quote_daily WHERE metal = 'platinum-1234' ORDER BY effective_date
