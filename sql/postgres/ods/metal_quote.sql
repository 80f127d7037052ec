-- table: ods.metal_quote
-- purpose: Type every raw record of the metals: one row per record, doubtful values held with the reason.
-- grain: metal, effective_date, revision
-- kind: incremental by date ($1 from, $2 to; null: everything)
-- inputs: raw.record, raw.load, ods.hold_verdict
--
-- known_at of a first revision is the earlier of its receipt and 16:30 Moscow time on the day before it applies, when
-- the Bank has published it at the latest: a backfill must not make the past look unknown. Later revisions were known
-- when received.
-- A series is always judged whole, since a value is held against the one accepted before it; the range limits which
-- rows may appear, and rows outside it change only when what they rest on has changed.
with received as (
  select
    r.record_id,
    r.source,
    l.simulated,
    l.received_at,
    r.record_date as effective_date,
    (array['gold', 'silver', 'platinum', 'palladium'])[r.code::integer] as metal,
    row_number() over (partition by r.code, r.record_date order by r.record_id)::integer as revision,
    r.fields ->> 'Buy' as buy_text,
    r.fields ->> 'Sell' as sell_text,
    ods.decimal_comma(r.fields ->> 'Buy') as buy,
    ods.decimal_comma(r.fields ->> 'Sell') as sell
  from raw.record r
  join raw.load l using (receipt_key)
  where r.series = 'metals' and r.code in ('1', '2', '3', '4')
),
examined as (
  select
    r.*,
    v.decision,
    coalesce(buy > 0 and (sell_text is null or sell between buy and buy * 1.5), false) as is_sound
  from received r
  left join ods.hold_verdict v
    on v.table_name = 'ods.metal_quote' and v.code = r.metal
    and v.effective_date = r.effective_date and v.revision = r.revision
),
judged as (
  select
    e.*,
    ods.judged(effective_date - date '1970-01-01', buy::double precision, is_sound, decision)
      over (partition by metal order by effective_date, revision rows unbounded preceding) as verdict
  from examined e
),
target as (
  select
    metal,
    effective_date,
    revision,
    buy::numeric(14, 4) as buy_rub_per_gram,
    sell::numeric(14, 4) as sell_rub_per_gram,
    case
      when buy_text is null then 'The buy price is missing.'
      when buy is null then format('The buy price %L is not a number.', buy_text)
      when buy <= 0 then format('The buy price %s is not positive.', trim_scale(buy))
      when sell_text is not null and sell is null then format('The sell price %L is not a number.', sell_text)
      when sell < buy then format('The sell price %s is below the buy price %s.', trim_scale(sell), trim_scale(buy))
      when sell > buy * 1.5 then
        format('The sell price %s is more than 1.5 times the buy price %s.', trim_scale(sell), trim_scale(buy))
      when verdict[5] = 1 then
        format(
          'The price %s is %s times %s, the price accepted before it (%s).',
          trim_scale(buy), trim_scale(round(buy / verdict[1]::numeric, 4)), verdict[1],
          date '1970-01-01' + verdict[2]::integer
        )
    end as hold_reason,
    case
      when revision = 1
        then least(received_at, (effective_date - 1 + time '16:30') at time zone 'Europe/Moscow')
      else received_at
    end as known_at,
    record_id,
    source,
    simulated
  from judged
),
changed as (
  select t.*, e.metal is not null as existed
  from target t
  left join ods.metal_quote e using (metal, effective_date, revision)
  where case
    when e.metal is null then
      ($1::date is null or t.effective_date >= $1) and ($2::date is null or t.effective_date <= $2)
    else
      (t.buy_rub_per_gram, t.sell_rub_per_gram, t.hold_reason, t.known_at, t.record_id, t.source, t.simulated)
        is distinct from
      (e.buy_rub_per_gram, e.sell_rub_per_gram, e.hold_reason, e.known_at, e.record_id, e.source, e.simulated)
  end
),
gone as (
  delete from ods.metal_quote e
  where ($1::date is null or e.effective_date >= $1) and ($2::date is null or e.effective_date <= $2)
    and not exists (
      select 1 from target t
      where t.metal = e.metal and t.effective_date = e.effective_date and t.revision = e.revision
    )
  returning 1
),
written as (
  insert into ods.metal_quote as q (
    metal, effective_date, revision, buy_rub_per_gram, sell_rub_per_gram, hold_reason, known_at, record_id, source,
    simulated
  )
  select
    metal, effective_date, revision, buy_rub_per_gram, sell_rub_per_gram, hold_reason, known_at, record_id, source,
    simulated
  from changed
  on conflict (metal, effective_date, revision) do update set
    buy_rub_per_gram = excluded.buy_rub_per_gram,
    sell_rub_per_gram = excluded.sell_rub_per_gram,
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
