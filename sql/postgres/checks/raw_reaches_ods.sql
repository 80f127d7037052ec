-- purpose: Every raw record is exactly one ods row, held or not, and no ods row comes from elsewhere.
-- inputs: raw.record, ods.metal_quote, ods.fx_rate, ods.driver
select coalesce(r.record_date, o.effective_date) as record_date, r.series, r.code, r.sequence, o.ods_rows
from raw.record r
full join (
  select record_id, min(effective_date) as effective_date, count(*) as ods_rows
  from (
    select record_id, effective_date from ods.metal_quote
    union all
    select record_id, effective_date from ods.fx_rate
    union all
    select record_id, value_date from ods.driver
  ) as typed
  group by record_id
) o using (record_id)
where ($1::date is null or coalesce(r.record_date, o.effective_date) >= $1)
  and ($2::date is null or coalesce(r.record_date, o.effective_date) <= $2)
  and (r.record_id is null or o.ods_rows is distinct from 1)
