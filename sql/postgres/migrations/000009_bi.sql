-- purpose: What a BI tool draws and would else have to join or compute for itself: one view for each kind of chart.

-- table: dm.bi_quote
-- purpose: Daily quotes with their moving volatility (21 quotes, percent a year of 247) and their age beside the newest.
-- kind: view
-- inputs: dm.quote_daily
-- grain: metal, effective_date
create view dm.bi_quote as
select
  metal, effective_date, buy_rub_per_gram, sell_rub_per_gram, change_rub, change_percent, log_return,
  drawdown_percent, usd_rub, implied_usd_per_ounce, metal_contribution, rouble_contribution, simulated,
  case when count(log_return) over month_of_quotes = 21
    then 100 * stddev_samp(log_return) over month_of_quotes * sqrt(247) end as volatility_percent,
  max(effective_date) over (partition by metal) - effective_date as days_before_newest
from dm.quote_daily
window month_of_quotes as (partition by metal order by effective_date rows 20 preceding);

-- table: dm.bi_forecast
-- purpose: Every point of every published forecast, with its cutoff, its model and the price at its cutoff.
-- kind: view
-- inputs: dm.forecast_vintage, dm.forecast_point, dm.quote_daily
-- grain: vintage_id, horizon
create view dm.bi_forecast as
select
  v.vintage_id, v.metal, v.cutoff, v.made_at, v.model_name, v.model_version, p.horizon, p.target_date,
  p.is_provisional, p.mean_rub_per_gram, p.median_rub_per_gram, p.q025_rub_per_gram, p.q100_rub_per_gram,
  p.q900_rub_per_gram, p.q975_rub_per_gram, q.buy_rub_per_gram as last_rub_per_gram, v.simulated,
  v.vintage_id = first_value(v.vintage_id) over (
    partition by v.metal order by v.cutoff desc, v.made_at desc, v.vintage_id
  ) as is_newest
from dm.forecast_vintage v
join dm.forecast_point p using (vintage_id)
left join dm.quote_daily q on q.metal = v.metal and q.effective_date = v.cutoff;

-- table: dm.bi_outlook
-- purpose: The newest quotes of a metal and after them its newest forecast, one line for a chart of both.
-- kind: view
-- inputs: dm.bi_quote, dm.bi_forecast
-- grain: metal, day
create view dm.bi_outlook as
select
  q.metal, q.effective_date as day, q.buy_rub_per_gram as actual_rub_per_gram, f.mean_rub_per_gram,
  f.q025_rub_per_gram, f.q100_rub_per_gram, f.q900_rub_per_gram, f.q975_rub_per_gram, q.simulated
from dm.bi_quote q
left join dm.bi_forecast f
  on f.is_newest and f.metal = q.metal and f.target_date = q.effective_date
where q.days_before_newest <= 120
union all
select
  f.metal, f.target_date, null, f.mean_rub_per_gram, f.q025_rub_per_gram, f.q100_rub_per_gram, f.q900_rub_per_gram,
  f.q975_rub_per_gram, f.simulated
from dm.bi_forecast f
where f.is_newest
  and not exists (select from dm.quote_daily q where q.metal = f.metal and q.effective_date = f.target_date);

-- table: dm.bi_forecast_vs_fact
-- purpose: Published forecasts beside the facts that arrived, with their ranges and the error of the price that stays.
-- kind: view
-- inputs: dm.forecast_vs_fact, dm.forecast_point
-- grain: vintage_id, horizon
create view dm.bi_forecast_vs_fact as
select
  f.vintage_id, f.horizon, f.metal, f.cutoff, f.target_date, f.model_name, f.model_version, f.mean_rub_per_gram,
  f.naive_rub_per_gram, f.actual_rub_per_gram, p.q025_rub_per_gram, p.q100_rub_per_gram, p.q900_rub_per_gram,
  p.q975_rub_per_gram, f.error_rub, f.naive_rub_per_gram - f.actual_rub_per_gram as naive_error_rub,
  100 * f.error_rub / f.actual_rub_per_gram as error_percent, f.inside_80::int as inside_80,
  f.inside_95::int as inside_95, f.simulated
from dm.forecast_vs_fact f
join dm.forecast_point p using (vintage_id, horizon);

-- table: dm.bi_model_score
-- purpose: Scores of the newest tournament of each metal, with the rank of each model.
-- kind: view
-- inputs: dm.tournament, dm.tournament_model, dm.model_score
-- grain: metal, model, block, horizon
create view dm.bi_model_score as
select
  t.metal, t.cutoff, m.rank, s.model, s.block, s.horizon, s.origins, s.mae, s.rmse, s.r2, s.mase, s.bias, s.wis,
  s.coverage80, s.coverage95, s.skill_vs_naive, t.simulated
from (
  select distinct on (metal) * from dm.tournament order by metal, started_at desc, tournament_id
) t
join dm.model_score s using (tournament_id)
join dm.tournament_model m on m.tournament_id = t.tournament_id and m.model = s.model;
