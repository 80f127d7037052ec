-- purpose: Daily quotes of a metal ($1) between two days ($2, $3; null: open), oldest first.
-- inputs: dm.quote_daily, dm.anomaly
select
  d.effective_date, d.buy_rub_per_gram, d.sell_rub_per_gram, d.change_rub, d.change_percent, d.log_return,
  d.drawdown_percent, d.usd_rub, d.implied_usd_per_ounce, d.metal_contribution, d.rouble_contribution,
  a.metal is not null as is_anomaly
from dm.quote_daily d
left join dm.anomaly a using (metal, effective_date)
where d.metal = $1 and ($2::date is null or d.effective_date >= $2) and ($3::date is null or d.effective_date <= $3)
order by d.effective_date
