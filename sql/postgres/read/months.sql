-- purpose: The months of a metal ($1), oldest first.
-- inputs: dm.monthly
select
  to_char(month, 'YYYY-MM') as month, quotes, first_rub_per_gram, last_rub_per_gram, min_rub_per_gram,
  max_rub_per_gram, mean_buy_rub_per_gram, mean_sell_rub_per_gram, q25_rub_per_gram, median_rub_per_gram,
  q75_rub_per_gram, return_percent, volatility_percent, max_drawdown_percent, days_above_mean, trend_rub_per_quote
from dm.monthly
where metal = $1
order by dm.monthly.month
