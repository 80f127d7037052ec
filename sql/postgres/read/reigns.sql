-- purpose: Who forecast a metal ($1) and when, newest first: an unbroken run of forecasts by one version, and how it did.
-- inputs: dm.forecast_vintage, dm.forecast_vs_fact
with
  vintages as (
    select
      vintage_id, model_name, model_version, cutoff, made_at,
      row_number() over (order by cutoff, made_at)
      - row_number() over (partition by model_name, model_version order by cutoff, made_at) as reign
    from dm.forecast_vintage
    where metal = $1
  ),
  scored as (
    select
      vintage_id,
      count(*) as scored,
      sum(abs(error_rub)) as error,
      sum(abs(naive_rub_per_gram - actual_rub_per_gram)) as naive_error
    from dm.forecast_vs_fact
    where metal = $1
    group by vintage_id
  )
select
  model_name,
  model_version,
  min(cutoff) as first_cutoff,
  max(cutoff) as last_cutoff,
  count(*)::integer as forecasts,
  coalesce(sum(scored), 0)::integer as scored,
  (sum(error) / nullif(sum(scored), 0))::double precision as mae,
  (sum(naive_error) / nullif(sum(scored), 0))::double precision as naive_mae
from vintages
left join scored using (vintage_id)
group by model_name, model_version, reign
order by max(made_at) desc
limit 100
