-- purpose: Keep a nowcast; no row comes back when the same knowledge was kept before.
insert into dm.nowcast (
  nowcast_id, metal, made_at, cutoff, last_rub_per_gram, target_date, price_expected_at, model_name, drivers, rule,
  alarm, gold, rouble, is_fixed, mean_rub_per_gram, median_rub_per_gram, quantiles_rub_per_gram, simulated
)
values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
on conflict (nowcast_id) do nothing
returning nowcast_id
