-- purpose: Revisions are numbered without holes and no later one was known before an earlier one.
-- inputs: ods.metal_quote, ods.fx_rate
select *
from (
  select
    'ods.metal_quote' as table_name, metal as code, effective_date, revision, known_at,
    row_number() over by_revision as expected,
    lag(known_at) over by_revision as earlier_known_at
  from ods.metal_quote
  window by_revision as (partition by metal, effective_date order by revision)
  union all
  select
    'ods.fx_rate', currency, effective_date, revision, known_at,
    row_number() over by_revision,
    lag(known_at) over by_revision
  from ods.fx_rate
  window by_revision as (partition by currency, effective_date order by revision)
) r
where revision <> expected or known_at < earlier_known_at
