// `npm run bench:parity [folder of history]`: what the formula with its drivers saves of naive's error, one quote ahead.
// The folder has the files that `assay replica` serves; every value is known at its publisher's hour and no earlier.
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { packageFolder } from './freshness.mjs';

const folder = resolve(process.argv[2] ?? join(packageFolder, '..', 'shared', 'data'));
const load = (path) => import(join(packageFolder, 'dist', 'src', path));
const { backtest } = await load('flows/backtest.js');
const { publicationRules, publishedAt } = await load('domain/publication.js');

const history = {
  quotes: read('cbr_gold_history.csv', publicationRules.metals, '2008-07-02'),
  usd: read('usd_rub.csv', publicationRules.usd, '1998-01-01'),
  londonMorning: read('xau_usd.csv', publicationRules.londonAm, '1998-01-01'),
  londonEvening: read('xau_usd_pm.csv', publicationRules.londonPm, '1998-01-01'),
  exchangeCloses: read('moex_gldrub_tom_daily.csv', publicationRules.moscowExchange, '1998-01-01'),
};

const cases = [
  { about: 'both legs known', clock: '16:15', drivers: 'all', goal: 0 },
  { about: 'London of the evening', clock: '18:15', drivers: 'all', goal: 0.72 },
  { about: "and the exchange's close", clock: '23:55', drivers: 'all', goal: 0.69 },
  { about: 'no drivers', clock: '18:15', drivers: 'none', goal: null },
  { about: 'no drivers, rate set', clock: '16:15', drivers: 'none', goal: null },
];

console.log('case                        at     origins  RMSE     of naive  goal   cover80  cover95  mean of h 2..14');
for (const { about, clock, drivers, goal } of cases) {
  const request = {
    metal: 'gold',
    // Cutoffs of which the next quotes are those of 2022-07-15 .. 2025-06-28.
    range: { from: '2022-07-14', to: '2025-06-27' },
    models: ['parity'],
    drivers,
    clock,
    horizon: 14,
    seed: 1,
  };
  const report = await backtest(request, { market: { readMarket: async () => history }, note: () => undefined });
  const [first, ...later] = report.models[0].horizons;
  const average = later.reduce((sum, one) => sum + one.rmseOfNaive, 0) / later.length;
  console.log(
    [
      about.padEnd(27),
      clock,
      String(first.scored).padStart(8),
      first.rmse.toFixed(3).padStart(7),
      first.rmseOfNaive.toFixed(4).padStart(9),
      (goal === null ? '-' : goal.toFixed(2)).padStart(6),
      first.coverage80.toFixed(3).padStart(8),
      first.coverage95.toFixed(3).padStart(8),
      average.toFixed(4).padStart(9),
      goal === null ? '' : first.rmseOfNaive <= goal ? 'reached' : 'MISSED',
    ].join('  '),
  );
}

function read(file, rule, from) {
  const [, ...lines] = readFileSync(join(folder, file), 'utf8').trim().split('\n');
  return lines
    .map((line) => line.trim().split(','))
    .filter(([date]) => date >= from)
    .map(([date, value]) => ({ date, revision: 1, value: Number(value), knownAt: publishedAt(rule, date) }));
}
