-- purpose: The last half year of one instrument, for the line with the brush.
-- kind: query of a dashboard, for npm run bench:olap
-- grain: effective_date
-- inputs: quote_daily
SELECT effective_date, buy_rub_per_gram FROM quote_daily WHERE metal = 'gold-0042' AND effective_date >= (SELECT max(effective_date) - 183 FROM quote_daily WHERE metal = 'gold-0042') ORDER BY effective_date
