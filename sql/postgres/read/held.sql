-- purpose: Held revisions nobody has decided about, newest dates first, at most 200.
-- inputs: ods.metal_quote, ods.fx_rate, ods.hold_verdict
select *
from (
  select
    'ods.metal_quote' as table_name, q.metal as code, q.effective_date, q.revision,
    concat_ws(' / ', trim_scale(q.buy_rub_per_gram), trim_scale(q.sell_rub_per_gram)) as value, q.hold_reason
  from ods.metal_quote q
  where q.hold_reason is not null
  union all
  select
    'ods.fx_rate', r.currency, r.effective_date, r.revision, coalesce(trim_scale(r.rate_rub)::text, ''), r.hold_reason
  from ods.fx_rate r
  where r.hold_reason is not null
) as held
where not exists (
  select 1 from ods.hold_decision d
  where d.table_name = held.table_name and d.code = held.code
    and d.effective_date = held.effective_date and d.revision = held.revision
)
order by effective_date desc, table_name, code, revision
limit 200
