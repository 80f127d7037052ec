-- purpose: Every raw record is exactly one ods row, held or not.
-- inputs: raw.record, ods.metal_quote, ods.fx_rate
select r.series, r.code, r.record_date, r.sequence, count(o.record_id) as ods_rows
from raw.record r
left join (
  select record_id from ods.metal_quote
  union all
  select record_id from ods.fx_rate
) o using (record_id)
where ($1::date is null or r.record_date >= $1) and ($2::date is null or r.record_date <= $2)
group by r.record_id, r.series, r.code, r.record_date, r.sequence
having count(o.record_id) <> 1
