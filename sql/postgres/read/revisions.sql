-- purpose: Values that the source changed after publishing them, newest first, at most $1, beside what they were.
-- kind: query
-- grain: table_name, code, effective_date, revision
-- inputs: ods.metal_quote, ods.fx_rate
select *
from (
  select
    'ods.metal_quote' as table_name, q.metal as code, q.effective_date, q.revision,
    trim_scale(f.buy_rub_per_gram)::text as former, trim_scale(q.buy_rub_per_gram)::text as value, q.known_at
  from ods.metal_quote q
  join ods.metal_quote f
    on f.metal = q.metal and f.effective_date = q.effective_date and f.revision = q.revision - 1
  where q.revision > 1
  union all
  select
    'ods.fx_rate', r.currency, r.effective_date, r.revision, trim_scale(f.rate_rub)::text, trim_scale(r.rate_rub)::text,
    r.known_at
  from ods.fx_rate r
  join ods.fx_rate f
    on f.currency = r.currency and f.effective_date = r.effective_date and f.revision = r.revision - 1
  where r.revision > 1
) as changed
order by known_at desc, effective_date desc, table_name, code
limit $1
