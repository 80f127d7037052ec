-- purpose: No price and no rate in dm is zero or negative.
-- inputs: dm.quote_daily
select metal, effective_date, buy_rub_per_gram, sell_rub_per_gram, usd_rub
from dm.quote_daily
where buy_rub_per_gram <= 0 or sell_rub_per_gram <= 0 or usd_rub <= 0
