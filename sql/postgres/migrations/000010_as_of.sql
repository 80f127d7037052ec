-- purpose: What the marts would have held at an instant: daily quotes with their changes, as dm.quote_daily reckons them,
-- from the revisions known then. Equal to dm.quote_daily for an instant after the newest revision.
-- inputs: ods.metal_quote_as_of, ods.fx_rate_as_of
-- grain: effective_date
create function dm.quote_daily_as_of(wanted text, instant timestamptz)
returns table (
  effective_date date,
  buy_rub_per_gram numeric,
  sell_rub_per_gram numeric,
  change_rub numeric,
  change_percent double precision,
  log_return double precision,
  drawdown_percent double precision,
  usd_rub numeric,
  implied_usd_per_ounce double precision,
  metal_contribution double precision,
  rouble_contribution double precision
) language sql stable as $$
  with usd as materialized (
    select effective_date, rate_rub from ods.fx_rate_as_of(instant) where currency = 'USD'
  ),
  rated as materialized (
    select
      q.effective_date,
      q.buy_rub_per_gram,
      q.sell_rub_per_gram,
      coalesce(
        f.rate_rub,
        (
          select c.rate_rub
          from usd c
          where c.effective_date < q.effective_date and c.effective_date >= q.effective_date - 14
          order by c.effective_date desc
          limit 1
        )
      ) as usd_rub
    from ods.metal_quote_as_of(instant) q
    left join usd f using (effective_date)
    where q.metal = wanted
  ),
  followed as (
    select
      r.*,
      lag(buy_rub_per_gram) over by_date as previous_price,
      lag(usd_rub) over by_date as previous_usd,
      max(buy_rub_per_gram) over (by_date rows unbounded preceding) as highest_price,
      coalesce(effective_date - lag(effective_date) over by_date <= 30, false) as follows
    from rated r
    window by_date as (order by effective_date)
  )
  select
    effective_date,
    buy_rub_per_gram,
    sell_rub_per_gram,
    case when follows then buy_rub_per_gram - previous_price end as change_rub,
    case when follows then 100 * (buy_rub_per_gram::double precision / previous_price - 1) end as change_percent,
    case when follows then ln(buy_rub_per_gram::double precision / previous_price) end as log_return,
    100 * (buy_rub_per_gram::double precision / highest_price - 1) as drawdown_percent,
    usd_rub,
    buy_rub_per_gram::double precision * 31.1035 / usd_rub as implied_usd_per_ounce,
    case when follows then
      ln((buy_rub_per_gram::double precision / usd_rub) / (previous_price::double precision / previous_usd))
    end as metal_contribution,
    case when follows then ln(usd_rub::double precision / previous_usd) end as rouble_contribution
  from followed
$$;
