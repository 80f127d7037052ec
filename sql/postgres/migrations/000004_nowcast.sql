-- purpose: What was known of the next price, instant by instant.

-- table: dm.nowcast
-- purpose: The next price as far as it was known at an instant: its legs, its distribution in RUB per gram, the state of the rule.
-- kind: table, append-only
-- inputs: ods.metal_quote, ods.fx_rate, ods.driver, dm.forecast_point
-- grain: nowcast_id
create table dm.nowcast (
  nowcast_id text primary key,
  metal text not null,
  made_at timestamptz not null,
  cutoff date not null,
  last_rub_per_gram numeric(14, 4) not null,
  target_date date not null,
  price_expected_at timestamptz not null,
  model_name text not null,
  drivers text[] not null,
  rule jsonb not null,
  alarm text,
  gold jsonb not null,
  rouble jsonb not null,
  is_fixed boolean not null,
  mean_rub_per_gram double precision not null,
  median_rub_per_gram double precision not null,
  quantiles_rub_per_gram jsonb not null,
  simulated boolean not null,
  check (target_date > cutoff)
);
create index nowcast_newest on dm.nowcast (metal, made_at desc);

-- table: dm.nowcast_vs_fact
-- purpose: The last nowcast of each price before its fact, beside the fact and the price before it.
-- kind: view
-- inputs: dm.nowcast, dm.quote_daily
-- grain: metal, target_date
create view dm.nowcast_vs_fact as
select distinct on (n.metal, n.target_date)
  n.metal,
  n.target_date,
  n.nowcast_id,
  n.made_at,
  n.model_name,
  n.is_fixed,
  n.mean_rub_per_gram,
  n.last_rub_per_gram as naive_rub_per_gram,
  q.buy_rub_per_gram as actual_rub_per_gram,
  n.mean_rub_per_gram - q.buy_rub_per_gram as error_rub,
  n.simulated
from dm.nowcast n
join dm.quote_daily q on q.metal = n.metal and q.effective_date = n.target_date
order by n.metal, n.target_date, n.made_at desc, n.nowcast_id;

create trigger append_only before update or delete or truncate on dm.nowcast
  for each statement execute function ops.refuse_change();
