-- purpose: Where the data comes from and the last day that has a price.
-- inputs: raw.load, dm.quote_daily
select
  (select string_agg(distinct source, ', ' order by source) from raw.load) as source,
  (select bool_or(simulated) from raw.load) as simulated,
  (select max(effective_date) from dm.quote_daily) as last_effective_date
