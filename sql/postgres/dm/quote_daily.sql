-- table: dm.quote_daily
-- purpose: The price of each quote date with its change, drawdown and the parts of the move due to metal and rouble.
-- grain: metal, effective_date
-- kind: incremental by date ($1 from, $2 to; null: everything)
-- inputs: ods.metal_quote_current, ods.fx_rate_current
--
-- ln(P / P') = ln(I / I') + ln(U / U'), where I = P x 31.1035 / U is the implied price in USD per ounce and U the
-- official dollar rate in force on the date (at most 14 days old).
-- A change is of one quote to the next: across a gap of more than 30 days (the longest usual one has 13) it is missing.
with rated as (
  select
    q.metal,
    q.effective_date,
    q.buy_rub_per_gram,
    q.sell_rub_per_gram,
    q.revision,
    q.known_at,
    q.simulated or coalesce(f.simulated, false) as simulated,
    coalesce(
      f.rate_rub,
      (
        select c.rate_rub
        from ods.fx_rate_current c
        where c.currency = 'USD' and c.effective_date < q.effective_date and c.effective_date >= q.effective_date - 14
        order by c.effective_date desc
        limit 1
      )
    ) as usd_rub
  from ods.metal_quote_current q
  left join ods.fx_rate_current f on f.currency = 'USD' and f.effective_date = q.effective_date
),
followed as (
  select
    r.*,
    lag(effective_date) over by_date as previous_date,
    lag(buy_rub_per_gram) over by_date as previous_price,
    lag(usd_rub) over by_date as previous_usd,
    max(buy_rub_per_gram) over (by_date rows unbounded preceding) as highest_price,
    coalesce(effective_date - lag(effective_date) over by_date <= 30, false) as follows
  from rated r
  window by_date as (partition by metal order by effective_date)
),
target as (
  select
    metal,
    effective_date,
    buy_rub_per_gram,
    sell_rub_per_gram,
    previous_date,
    case when follows then buy_rub_per_gram - previous_price end as change_rub,
    case when follows then 100 * (buy_rub_per_gram::double precision / previous_price - 1) end as change_percent,
    case when follows then ln(buy_rub_per_gram::double precision / previous_price) end as log_return,
    100 * (buy_rub_per_gram::double precision / highest_price - 1) as drawdown_percent,
    usd_rub,
    buy_rub_per_gram::double precision * 31.1035 / usd_rub as implied_usd_per_ounce,
    case when follows then
      ln((buy_rub_per_gram::double precision / usd_rub) / (previous_price::double precision / previous_usd))
    end as metal_contribution,
    case when follows then ln(usd_rub::double precision / previous_usd) end as rouble_contribution,
    revision,
    known_at,
    simulated
  from followed
),
changed as (
  select t.*, e.metal is not null as existed
  from target t
  left join dm.quote_daily e using (metal, effective_date)
  where case
    when e.metal is null then
      ($1::date is null or t.effective_date >= $1) and ($2::date is null or t.effective_date <= $2)
    else
      (
        t.buy_rub_per_gram, t.sell_rub_per_gram, t.previous_date, t.change_rub, t.change_percent, t.log_return,
        t.drawdown_percent, t.usd_rub, t.implied_usd_per_ounce, t.metal_contribution, t.rouble_contribution,
        t.revision, t.known_at, t.simulated
      ) is distinct from (
        e.buy_rub_per_gram, e.sell_rub_per_gram, e.previous_date, e.change_rub, e.change_percent, e.log_return,
        e.drawdown_percent, e.usd_rub, e.implied_usd_per_ounce, e.metal_contribution, e.rouble_contribution,
        e.revision, e.known_at, e.simulated
      )
  end
),
gone as (
  delete from dm.quote_daily e
  where ($1::date is null or e.effective_date >= $1) and ($2::date is null or e.effective_date <= $2)
    and not exists (select 1 from target t where t.metal = e.metal and t.effective_date = e.effective_date)
  returning 1
),
written as (
  insert into dm.quote_daily (
    metal, effective_date, buy_rub_per_gram, sell_rub_per_gram, previous_date, change_rub, change_percent, log_return,
    drawdown_percent, usd_rub, implied_usd_per_ounce, metal_contribution, rouble_contribution, revision, known_at,
    simulated
  )
  select
    metal, effective_date, buy_rub_per_gram, sell_rub_per_gram, previous_date, change_rub, change_percent, log_return,
    drawdown_percent, usd_rub, implied_usd_per_ounce, metal_contribution, rouble_contribution, revision, known_at,
    simulated
  from changed
  on conflict (metal, effective_date) do update set
    buy_rub_per_gram = excluded.buy_rub_per_gram,
    sell_rub_per_gram = excluded.sell_rub_per_gram,
    previous_date = excluded.previous_date,
    change_rub = excluded.change_rub,
    change_percent = excluded.change_percent,
    log_return = excluded.log_return,
    drawdown_percent = excluded.drawdown_percent,
    usd_rub = excluded.usd_rub,
    implied_usd_per_ounce = excluded.implied_usd_per_ounce,
    metal_contribution = excluded.metal_contribution,
    rouble_contribution = excluded.rouble_contribution,
    revision = excluded.revision,
    known_at = excluded.known_at,
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
  (select count(*) from gone) as deleted
