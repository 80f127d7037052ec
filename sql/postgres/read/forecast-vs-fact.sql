-- purpose: Scored forecasts of a metal ($1), newest facts first, at most $2; of one horizon ($3) or all (null);
-- made, and their facts known, by an instant ($4; null: now).
-- inputs: dm.forecast_vs_fact, dm.forecast_point, dm.forecast_vintage, ods.metal_quote
select
  vintage_id, scored.cutoff, scored.target_date, horizon, model_name, model_version, scored.mean_rub_per_gram,
  naive_rub_per_gram, actual_rub_per_gram, error_rub, inside_80, inside_95,
  q100_rub_per_gram as lower_80,
  q900_rub_per_gram as upper_80
from dm.forecast_vs_fact scored
join dm.forecast_point using (vintage_id, horizon)
where metal = $1 and ($3::integer is null or horizon = $3)
  and (
    $4::timestamptz is null
    or exists (
      select 1
      from dm.forecast_vintage v
      join ods.metal_quote q on q.metal = scored.metal and q.effective_date = scored.target_date
      where v.vintage_id = scored.vintage_id and v.made_at <= $4
        and q.revision = scored.actual_revision and q.known_at <= $4
    )
  )
order by scored.target_date desc, horizon, vintage_id
limit $2
