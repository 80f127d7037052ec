/**
 * Charts and what they must show for gold, asked of the warehouse's own tables in other words than the charts ask:
 * the same columns in the same order, whichever of the two databases a chart reads.
 */
export const figures: readonly (readonly [chart: string, sql: string])[] = [
  [
    'last-price',
    "select buy_rub_per_gram from ods.metal_quote_current where metal = 'gold' order by effective_date desc limit 1",
  ],
  [
    'day-change',
    `select (buy_rub_per_gram / lead(buy_rub_per_gram) over (order by effective_date desc) - 1)::double precision
     from ods.metal_quote_current where metal = 'gold' order by effective_date desc limit 1`,
  ],
  ['range-lowest', "select min(buy_rub_per_gram) from ods.metal_quote_current where metal = 'gold'"],
  ['range-highest', "select max(buy_rub_per_gram) from ods.metal_quote_current where metal = 'gold'"],
  ['range-mean', "select avg(buy_rub_per_gram) from ods.metal_quote_current where metal = 'gold'"],
  [
    'range-volatility',
    `select stddev_samp(r) from (
       select ln(buy_rub_per_gram::double precision
         / lag(buy_rub_per_gram) over (order by effective_date)::double precision) as r
       from ods.metal_quote_current where metal = 'gold'
     ) returns`,
  ],
  [
    'half-year',
    `select effective_date, 'Gold', buy_rub_per_gram from dm.quote_daily q where metal = 'gold'
       and effective_date >= (select max(effective_date) from dm.quote_daily where metal = 'gold') - 183`,
  ],
  [
    'full-history',
    "select effective_date, buy_rub_per_gram, sell_rub_per_gram from ods.metal_quote_current where metal = 'gold'",
  ],
  [
    'what-moved',
    `select date_trunc('month', effective_date), sum(metal_contribution), sum(rouble_contribution)
     from dm.quote_daily where metal = 'gold' group by 1`,
  ],
  ['month-returns', "select month, 'Gold', return_percent / 100 from dm.monthly where metal = 'gold'"],
  [
    'month-levels',
    `select date_trunc('month', effective_date), min(buy_rub_per_gram), avg(buy_rub_per_gram), max(buy_rub_per_gram)
     from ods.metal_quote_current where metal = 'gold' group by 1`,
  ],
  [
    'return-map',
    `select extract(month from month)::int, extract(year from month)::int, return_percent / 100
     from dm.monthly where metal = 'gold'`,
  ],
  [
    'next-price',
    `select p.mean_rub_per_gram from dm.forecast_point p join dm.forecast_vintage v using (vintage_id)
     where v.metal = 'gold' order by v.cutoff desc, v.made_at desc, p.horizon limit 1`,
  ],
  [
    'outlook',
    `with newest as (
       select vintage_id, cutoff from dm.forecast_vintage where metal = 'gold' order by cutoff desc, made_at desc limit 1
     )
     select effective_date, buy_rub_per_gram, null, null, null, null, null from dm.quote_daily, newest
     where metal = 'gold' and effective_date >= cutoff - 120
     union all
     select target_date, null, mean_rub_per_gram, q100_rub_per_gram, q900_rub_per_gram, q025_rub_per_gram, q975_rub_per_gram
     from dm.forecast_point join newest using (vintage_id)`,
  ],
  ['facts-scored', "select count(*) from dm.forecast_vs_fact where metal = 'gold'"],
  [
    'facts-error-roubles',
    `select avg(abs(f.mean_rub_per_gram - q.buy_rub_per_gram)) from dm.forecast_vs_fact f
     join dm.quote_daily q on q.metal = f.metal and q.effective_date = f.target_date where f.metal = 'gold'`,
  ],
  [
    'facts-covered',
    `select avg((q.buy_rub_per_gram between p.q100_rub_per_gram and p.q900_rub_per_gram)::int) from dm.forecast_vs_fact f
     join dm.forecast_point p using (vintage_id, horizon)
     join dm.quote_daily q on q.metal = f.metal and q.effective_date = f.target_date where f.metal = 'gold'`,
  ],
  [
    'model-skill',
    `select model, avg(skill_vs_naive) from dm.model_score
     where block = 'report' and tournament_id = (
       select tournament_id from dm.tournament where metal = 'gold' order by started_at desc limit 1
     ) group by 1`,
  ],
];
export const pipelineFigures: readonly (readonly [chart: string, sql: string])[] = [
  ['runs-counted', 'select count(*) from ops.run'],
  ['runs-failed', "select count(*) from ops.run where status = 'failed'"],
  ['checks-violated', 'select count(*) from ops.check_result where offending_count > 0'],
  ['check-table', 'select check_name, purpose, offending_count, checked_at from ops.check_result'],
  [
    'freshness',
    `select initcap(metal), max(effective_date), max(known_at), count(*) from ods.metal_quote_current group by metal`,
  ],
];
