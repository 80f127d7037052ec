-- purpose: How fresh each source and layer is: the newest day it holds and the instant it was last renewed.
-- kind: query
-- grain: name
-- inputs: raw.load, raw.record, ods.metal_quote, ods.fx_rate, ods.driver, dm.quote_daily, dm.monthly,
-- dm.forecast_vintage, dm.forecast_vs_fact, dm.tournament, dm.nowcast, ops.step
select position, kind, name, newest_date, renewed_at
from (
  select
    1 as position, 'source' as kind, source || ' ' || series as name, null::date as newest_date,
    max(received_at) as renewed_at
  from raw.load
  group by source, series
  union all
  select 2, 'layer', 'raw.record', max(r.record_date), (select max(loaded_at) from raw.load) from raw.record r
  union all
  select 3, 'layer', 'ods.metal_quote', max(effective_date), max(known_at) from ods.metal_quote
  union all
  select 4, 'layer', 'ods.fx_rate', max(effective_date), max(known_at) from ods.fx_rate
  union all
  select 5, 'layer', 'ods.driver', max(value_date), max(known_at) from ods.driver
  union all
  select 6, 'layer', 'dm.quote_daily', max(effective_date), max(known_at) from dm.quote_daily
  union all
  select 7, 'layer', 'dm.monthly', max(month), null from dm.monthly
  union all
  select 8, 'layer', 'dm.nowcast', max(target_date), max(made_at) from dm.nowcast
  union all
  select 9, 'layer', 'dm.forecast_vintage', max(cutoff), max(made_at) from dm.forecast_vintage
  union all
  select 10, 'layer', 'dm.forecast_vs_fact', max(target_date), max(scored_at) from dm.forecast_vs_fact
  union all
  select 11, 'layer', 'dm.tournament', max(cutoff), max(started_at) from dm.tournament
  union all
  select 12, 'step', step, null, max(ended_at)
  from ops.step
  where status = 'succeeded' and step in ('extract', 'load', 'transform', 'publish', 'score')
  group by step
) as found
order by position, name
