-- purpose: Whether rows are lost between layers: what went in, what came out, and what stands apart with its reason.
-- `lost` is 0 while every row is accounted for.
-- kind: query
-- grain: from_layer, to_layer
-- inputs: raw.load, raw.record, ods.metal_quote, ods.metal_quote_accepted, ods.metal_quote_current, ods.fx_rate,
-- ods.fx_rate_accepted, ods.fx_rate_current, dm.quote_daily
with counted as (
  select
    (select coalesce(sum(records), 0) from raw.load) as received,
    (select coalesce(sum(unchanged), 0) from raw.load) as unchanged,
    (select count(*) from raw.record) as records,
    (select count(*) from raw.record where series = 'metals') as metal_records,
    (select count(*) from raw.record where series = 'usd') as usd_records,
    (select count(*) from ods.metal_quote) as quotes,
    (select count(*) from ods.metal_quote_accepted) as accepted_quotes,
    (select count(*) from ods.metal_quote_current) as current_quotes,
    (select count(*) from ods.fx_rate) as rates,
    (select count(*) from ods.fx_rate_accepted) as accepted_rates,
    (select count(*) from ods.fx_rate_current) as current_rates,
    (select count(*) from dm.quote_daily) as daily
)
select b.*, b.rows_in - b.rows_out - b.known_already - b.set_aside - b.superseded as lost
from counted c
cross join lateral (
  values
    (1, 'source', 'raw.record', c.received, c.records, c.unchanged, 0::bigint, 0::bigint),
    (2, 'raw.record metals', 'ods.metal_quote', c.metal_records, c.quotes, 0, 0, 0),
    (3, 'raw.record usd', 'ods.fx_rate', c.usd_records, c.rates, 0, 0, 0),
    (
      4, 'ods.metal_quote', 'ods.metal_quote_current', c.quotes, c.current_quotes, 0,
      c.quotes - c.accepted_quotes, c.accepted_quotes - c.current_quotes
    ),
    (
      5, 'ods.fx_rate', 'ods.fx_rate_current', c.rates, c.current_rates, 0,
      c.rates - c.accepted_rates, c.accepted_rates - c.current_rates
    ),
    (6, 'ods.metal_quote_current', 'dm.quote_daily', c.current_quotes, c.daily, 0, 0, 0)
) as b (position, from_layer, to_layer, rows_in, rows_out, known_already, set_aside, superseded)
order by b.position
