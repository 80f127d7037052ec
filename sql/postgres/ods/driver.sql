-- table: ods.driver
-- purpose: Type every raw record of the optional drivers: London prices in USD per ounce, closes in RUB per gram.
-- grain: source, series, value_date, revision
-- kind: incremental by date ($1 from, $2 to; null: everything)
-- inputs: raw.record, raw.load
--
-- known_at of a first revision is the earlier of its receipt and the hour at which its publisher has it out: ten minutes
-- after the auctions of 10:30 and 15:00 in London, 23:50 in Moscow for the close of the exchange. Later revisions were
-- known when received. The same hours stand in src/domain/publication.ts.
-- Judged whole, as ods/metal_quote.sql says: a jump of more than 0.4 in logarithms is held, and does not reach readers.
with received as (
  select
    r.record_id,
    r.source,
    l.simulated,
    l.received_at,
    r.record_date as value_date,
    r.series,
    row_number() over (partition by r.source, r.series, r.record_date order by r.record_id)::integer as revision,
    coalesce(r.fields ->> 'Usd', r.fields ->> 'Close')::numeric as value
  from raw.record r
  join raw.load l using (receipt_key)
  where r.series in ('gold-am', 'gold-pm', 'gldrub')
),
judged as (
  select
    r.*,
    ods.judged(r.value_date - date '1970-01-01', r.value::double precision, r.value > 0, null)
      over (partition by r.source, r.series order by r.value_date, r.revision rows unbounded preceding) as verdict
  from received r
),
target as (
  select
    source,
    series,
    value_date,
    revision,
    value::double precision as value,
    case
      when verdict[5] = 1 then
        format(
          'The value %s is %s times %s, the value accepted before it (%s).',
          trim_scale(value), trim_scale(round(value / verdict[1]::numeric, 4)), verdict[1],
          date '1970-01-01' + verdict[2]::integer
        )
    end as hold_reason,
    case
      when revision > 1 then received_at
      else least(
        received_at,
        case series
          when 'gold-am' then (value_date + time '10:40') at time zone 'Europe/London'
          when 'gold-pm' then (value_date + time '15:10') at time zone 'Europe/London'
          else (value_date + time '23:50') at time zone 'Europe/Moscow'
        end
      )
    end as known_at,
    record_id,
    simulated
  from judged
),
changed as (
  select t.*, e.source is not null as existed
  from target t
  left join ods.driver e using (source, series, value_date, revision)
  where case
    when e.source is null then
      ($1::date is null or t.value_date >= $1) and ($2::date is null or t.value_date <= $2)
    else
      (t.value, t.hold_reason, t.known_at, t.record_id, t.simulated)
        is distinct from (e.value, e.hold_reason, e.known_at, e.record_id, e.simulated)
  end
),
gone as (
  delete from ods.driver e
  where ($1::date is null or e.value_date >= $1) and ($2::date is null or e.value_date <= $2)
    and not exists (
      select 1 from target t
      where t.source = e.source and t.series = e.series and t.value_date = e.value_date and t.revision = e.revision
    )
  returning 1
),
written as (
  insert into ods.driver as d (
    source, series, value_date, revision, value, hold_reason, known_at, record_id, simulated
  )
  select source, series, value_date, revision, value, hold_reason, known_at, record_id, simulated
  from changed
  on conflict (source, series, value_date, revision) do update set
    value = excluded.value,
    hold_reason = excluded.hold_reason,
    known_at = excluded.known_at,
    record_id = excluded.record_id,
    simulated = excluded.simulated
  returning 1
)
select
  (
    select count(*) from target
    where ($1::date is null or value_date >= $1) and ($2::date is null or value_date <= $2)
  ) as read,
  (select count(*) from changed where not existed) as inserted,
  (select count(*) from changed where existed) as updated,
  (select count(*) from gone) as deleted
