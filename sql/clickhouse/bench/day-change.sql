-- purpose: What moved most on the newest day, of all instruments.
-- kind: query of a dashboard, for npm run bench:olap
-- grain: metal
-- inputs: quote_daily
SELECT metal, change_percent FROM quote_daily WHERE effective_date = (SELECT max(effective_date) FROM quote_daily) ORDER BY abs(change_percent) DESC, metal LIMIT 50
