-- purpose: The points of a vintage ($1) with the facts that have arrived.
select
  p.horizon, p.target_date, p.is_provisional, p.mean_rub_per_gram, p.median_rub_per_gram,
  jsonb_build_object(
    '0.025', q025_rub_per_gram, '0.05', q050_rub_per_gram, '0.1', q100_rub_per_gram,
    '0.25', q250_rub_per_gram, '0.5', q500_rub_per_gram, '0.75', q750_rub_per_gram,
    '0.9', q900_rub_per_gram, '0.95', q950_rub_per_gram, '0.975', q975_rub_per_gram
  ) as quantiles_rub_per_gram,
  d.buy_rub_per_gram as actual_rub_per_gram
from dm.forecast_point p
join dm.forecast_vintage v using (vintage_id)
left join dm.quote_daily d on d.metal = v.metal and d.effective_date = p.target_date
where p.vintage_id = $1
order by p.horizon
