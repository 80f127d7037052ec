-- purpose: Forecast points with their facts, the newest vintage of each target date and horizon.
-- $1 metal, $2 instant.
select distinct on (f.target_date, f.horizon)
  f.target_date,
  f.horizon,
  f.model_name,
  f.mean_rub_per_gram,
  f.actual_rub_per_gram,
  p.q025_rub_per_gram,
  p.q100_rub_per_gram,
  p.q900_rub_per_gram,
  p.q975_rub_per_gram,
  q.known_at
from dm.forecast_vs_fact f
join dm.forecast_point p using (vintage_id, horizon)
join dm.forecast_vintage v using (vintage_id)
join dm.quote_daily q on q.metal = f.metal and q.effective_date = f.target_date
where f.metal = $1 and q.known_at <= $2
order by f.target_date, f.horizon, v.made_at desc, f.vintage_id
