-- purpose: Turn the records of one answer into raw rows: a record becomes a row when it differs from the newest of its kind.
-- kind: append-only
-- inputs: one parsed answer ($1 source, $2 series, $3 receipt key, $4 received at, $5 codes, $6 dates, $7 fields)
-- An answer received before one that is already loaded and covers the same date adds only dates never seen:
-- what it says about the others was overtaken.
with received as (
  select code, record_date, fields
  from unnest($5::text[], $6::date[], $7::jsonb[]) as u (code, record_date, fields)
),
newest as (
  select distinct on (code, record_date) code, record_date, sequence, fields
  from raw.record
  where source = $1 and series = $2
    and record_date between (select min(record_date) from received) and (select max(record_date) from received)
  order by code, record_date, sequence desc
),
overtaking as (
  select range_from, range_to
  from raw.load
  where source = $1 and series = $2 and received_at > $4::timestamptz
)
insert into raw.record (source, series, code, record_date, sequence, fields, receipt_key)
select $1, $2, r.code, r.record_date, coalesce(n.sequence, 0) + 1, r.fields, $3
from received r
left join newest n on n.code = r.code and n.record_date = r.record_date
where n.sequence is null
  or (
    n.fields <> r.fields
    and not exists (select 1 from overtaking o where r.record_date between o.range_from and o.range_to)
  )
order by r.record_date, r.code
