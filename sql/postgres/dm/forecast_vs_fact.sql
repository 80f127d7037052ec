-- table: dm.forecast_vs_fact
-- purpose: Score every published point whose fact has arrived, once: a scored point is never scored again.
-- grain: vintage_id, horizon
-- kind: append-only
-- inputs: dm.forecast_point, dm.forecast_vintage, dm.quote_daily
with waiting as (
  select
    p.*, v.metal, v.cutoff, v.model_name, v.model_version, v.simulated,
    d.buy_rub_per_gram as actual, d.revision as actual_revision, n.buy_rub_per_gram as naive
  from dm.forecast_point p
  join dm.forecast_vintage v using (vintage_id)
  join dm.quote_daily d on d.metal = v.metal and d.effective_date = p.target_date
  join dm.quote_daily n on n.metal = v.metal and n.effective_date = v.cutoff
  where not exists (
    select 1 from dm.forecast_vs_fact f where f.vintage_id = p.vintage_id and f.horizon = p.horizon
  )
),
written as (
  insert into dm.forecast_vs_fact (
    vintage_id, horizon, metal, cutoff, target_date, model_name, model_version, mean_rub_per_gram,
    naive_rub_per_gram, actual_rub_per_gram, actual_revision, error_rub, inside_80, inside_95, simulated
  )
  select
    vintage_id, horizon, metal, cutoff, target_date, model_name, model_version, mean_rub_per_gram,
    naive, actual, actual_revision, mean_rub_per_gram - actual,
    actual between q100_rub_per_gram and q900_rub_per_gram,
    actual between q025_rub_per_gram and q975_rub_per_gram,
    simulated
  from waiting
  on conflict (vintage_id, horizon) do nothing
  returning 1
)
select
  (select count(*) from waiting) as read,
  (select count(*) from written) as inserted,
  0 as updated,
  0 as deleted
