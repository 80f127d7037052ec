// `npm run bench:models [folder of a build]`: how long each model of the catalogue takes on one thread, over a made series.
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { packageFolder } from './freshness.mjs';

const observations = 4200;
const horizon = 14;
const rounds = 5;

const build = resolve(process.argv[2] ?? `${packageFolder}/dist`);
const load = (path) => import(pathToFileURL(`${build}/src/${path}`).href);
const { catalogue } = await load('models/catalogue.js');
const { createRng } = await load('stats/random.js');

const data = { y: madePrices(), season: 5 };
const shorter = { y: data.y.subarray(0, observations - 100), season: 5 };
const special = [['sarima', { P: 0, D: 0, Q: 0, seasonLength: 1 }, 'sarima (1,1,1)']];
const cases = [...catalogue.map(({ name }) => [name, {}, name]), ...special];

console.log(
  `${observations} observations, ${horizon} horizons, median of ${rounds} after one warm-up, milliseconds of processor time`,
);
console.log(
  `${'model'.padEnd(16)}${'fit + forecast'.padStart(16)}${'update + forecast'.padStart(19)}${'artefact, KB'.padStart(14)}`,
);
for (const [name, parameters, label] of cases) {
  const forecaster = catalogue.find((entry) => entry.name === name).create(parameters);
  const fitted = forecaster.fit(data, { seed: 1 });
  const fit = median(() => forecaster.fit(data, { seed: 1 }).forecast(horizon));
  const update = median(() => fitted.update(shorter).forecast(horizon));
  const kilobytes = JSON.stringify(fitted.artefact()).length / 1000;
  const cells = [fit.toFixed(1).padStart(16), update.toFixed(2).padStart(19), kilobytes.toFixed(1).padStart(14)];
  console.log(label.padEnd(16) + cells.join(''));
}

function median(work) {
  const times = Array.from({ length: rounds }, () => {
    // Processor time: a busy machine stretches the clock, not the work.
    const started = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(started);
    return (user + system) / 1000;
  });
  return times.sort((a, b) => a - b)[Math.floor(rounds / 2)];
}

/** A log random walk whose volatility wanders, as a price's does. */
function madePrices() {
  const rng = createRng(7);
  let level = Math.log(700);
  let volatility = 0.01;
  return Float64Array.from({ length: observations }, () => {
    volatility = 0.97 * volatility + 0.000375 * Math.abs(rng.normal());
    level += 0.0005 + volatility * rng.normal();
    return Math.exp(level);
  });
}
