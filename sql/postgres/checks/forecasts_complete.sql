-- purpose: Every vintage has all its horizons, in date order after its cutoff, with quantiles that never cross.
-- inputs: dm.forecast_vintage, dm.forecast_point
with points as (
  select
    p.*,
    lag(target_date) over (partition by vintage_id order by horizon) as earlier_date,
    q025_rub_per_gram <= q050_rub_per_gram and q050_rub_per_gram <= q100_rub_per_gram
      and q100_rub_per_gram <= q250_rub_per_gram and q250_rub_per_gram <= q500_rub_per_gram
      and q500_rub_per_gram <= q750_rub_per_gram and q750_rub_per_gram <= q900_rub_per_gram
      and q900_rub_per_gram <= q950_rub_per_gram and q950_rub_per_gram <= q975_rub_per_gram
      and q025_rub_per_gram > 0 as is_ordered
  from dm.forecast_point p
)
select v.vintage_id, v.metal, v.cutoff, v.horizons, count(p.horizon) as points
from dm.forecast_vintage v
left join points p using (vintage_id)
group by v.vintage_id, v.metal, v.cutoff, v.horizons
having count(p.horizon) <> v.horizons
  or max(p.horizon) <> v.horizons
  or not bool_and(p.is_ordered)
  or min(p.target_date) <= v.cutoff
  or bool_or(p.target_date <= p.earlier_date)
