-- purpose: One year of made-up quotes: 2,500 instruments of each of four metals on each day of the year.
-- kind: insert, for npm run bench:olap
-- grain: metal, effective_date
-- inputs: a seed; the same seed gives the same rows
INSERT INTO quote_daily
SELECT
  concat(['gold', 'silver', 'platinum', 'palladium'][1 + number % 4], '-', leftPad(toString(intDiv(number % 10000, 4)), 4, '0')) AS metal,
  toDate32('1998-01-01') + {day:UInt32} + intDiv(number, 10000) AS effective_date,
  toDecimal64(level, 4) AS buy_rub_per_gram,
  toDecimal64(level, 4) AS sell_rub_per_gram,
  effective_date - 1 AS previous_date,
  toDecimal64(level * (1 - exp(-noise)), 4) AS change_rub,
  (exp(noise) - 1) * 100 AS change_percent,
  noise AS log_return,
  -10 * randCanonicalOf AS drawdown_percent,
  toDecimal64(30 + 60 * randCanonicalOf, 6) AS usd_rub,
  level AS implied_usd_per_ounce,
  noise / 2 AS metal_contribution,
  noise / 2 AS rouble_contribution,
  1 AS revision,
  toDateTime64('2025-06-27 12:00:00', 3, 'UTC') AS known_at,
  true AS simulated
FROM
(
  SELECT
    number,
    cityHash64(number, {day:UInt32}, {seed:UInt32}) / 18446744073709551615. AS randCanonicalOf,
    -- The sum of three uniforms is near enough to a normal one for a picture.
    0.012 * (randCanonicalOf + cityHash64(number, 1, {seed:UInt32}) / 18446744073709551615.
      + cityHash64(number, 2, {seed:UInt32}) / 18446744073709551615. - 1.5) AS noise,
    300 * (1 + number % 4) * exp(0.0004 * ({day:UInt32} + intDiv(number, 10000)) + 10 * noise) AS level
  FROM numbers({rows:UInt64})
)
