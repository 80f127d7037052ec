-- table: ods.fx_rate
-- purpose: Type every raw record of the dollar: roubles for one unit, doubtful values held with the reason.
-- grain: currency, effective_date, revision
-- kind: incremental by date ($1 from, $2 to; null: everything)
-- inputs: raw.record, raw.load, ods.hold_verdict
--
-- known_at of a first revision is the earlier of its receipt and 16:00 Moscow time on the day before it applies.
-- Judged whole, as ods/metal_quote.sql says.
with received as (
  select
    r.record_id,
    r.source,
    l.simulated,
    l.received_at,
    r.record_date as effective_date,
    'USD' as currency,
    row_number() over (partition by r.code, r.record_date order by r.record_id)::integer as revision,
    r.fields ->> 'Value' as value_text,
    r.fields ->> 'Nominal' as nominal_text,
    ods.decimal_comma(r.fields ->> 'Value') / nullif(ods.decimal_comma(r.fields ->> 'Nominal'), 0) as rate
  from raw.record r
  join raw.load l using (receipt_key)
  where r.series = 'usd' and r.code = 'R01235'
),
judged as (
  select
    r.*,
    ods.judged(
      r.effective_date - date '1970-01-01', rate::double precision, coalesce(rate > 0, false), v.decision
    ) over (partition by r.currency order by r.effective_date, r.revision rows unbounded preceding) as verdict
  from received r
  left join ods.hold_verdict v
    on v.table_name = 'ods.fx_rate' and v.code = r.currency
    and v.effective_date = r.effective_date and v.revision = r.revision
),
target as (
  select
    currency,
    effective_date,
    revision,
    rate::numeric(14, 6) as rate_rub,
    case
      when rate is null then
        format('The rate %L for %L units is not a number.', value_text, nominal_text)
      when rate <= 0 then format('The rate %s is not positive.', trim_scale(rate))
      when verdict[5] = 1 then
        format(
          'The rate %s is %s times %s, the rate accepted before it (%s).',
          trim_scale(round(rate, 6)), trim_scale(round(rate / verdict[1]::numeric, 4)), verdict[1],
          date '1970-01-01' + verdict[2]::integer
        )
    end as hold_reason,
    case
      when revision = 1
        then least(received_at, (effective_date - 1 + time '16:00') at time zone 'Europe/Moscow')
      else received_at
    end as known_at,
    record_id,
    source,
    simulated
  from judged
),
changed as (
  select t.*, e.currency is not null as existed
  from target t
  left join ods.fx_rate e using (currency, effective_date, revision)
  where case
    when e.currency is null then
      ($1::date is null or t.effective_date >= $1) and ($2::date is null or t.effective_date <= $2)
    else
      (t.rate_rub, t.hold_reason, t.known_at, t.record_id, t.source, t.simulated)
        is distinct from (e.rate_rub, e.hold_reason, e.known_at, e.record_id, e.source, e.simulated)
  end
),
gone as (
  delete from ods.fx_rate e
  where ($1::date is null or e.effective_date >= $1) and ($2::date is null or e.effective_date <= $2)
    and not exists (
      select 1 from target t
      where t.currency = e.currency and t.effective_date = e.effective_date and t.revision = e.revision
    )
  returning 1
),
written as (
  insert into ods.fx_rate as r (
    currency, effective_date, revision, rate_rub, hold_reason, known_at, record_id, source, simulated
  )
  select currency, effective_date, revision, rate_rub, hold_reason, known_at, record_id, source, simulated
  from changed
  on conflict (currency, effective_date, revision) do update set
    rate_rub = excluded.rate_rub,
    hold_reason = excluded.hold_reason,
    known_at = excluded.known_at,
    record_id = excluded.record_id,
    source = excluded.source,
    simulated = excluded.simulated
  returning 1
)
select
  (
    select count(*) from target
    where ($1::date is null or effective_date >= $1) and ($2::date is null or effective_date <= $2)
  ) as read,
  (select count(*) from changed where not existed) as inserted,
  (select count(*) from changed where existed) as updated,
  (select count(*) from gone) as deleted,
  (select min(effective_date) from changed) as changed_from,
  (select max(effective_date) from changed) as changed_to
