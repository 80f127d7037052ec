import { assert, PlatformError } from '../domain/errors.ts';
import { type Forecast, quantileLevels } from '../domain/forecaster.ts';
import { normalQuantile } from '../stats/normal.ts';
import { sampleQuantile, sortedCopy } from '../stats/quantiles.ts';
import { createRng, type Rng } from '../stats/random.ts';

/**
 * Joint sample paths of a forecast: `paths[i][h - 1]`, positive, in the unit of the series. At every horizon the values
 * are the forecast's own distribution, at n evenly spread probabilities; which of them belong to one path is told by
 * past errors, whose ranks are copied (the Schaake shuffle: Clark, Gangopadhyay, Hay, Rajagopalan & Wilby 2004). So
 * paths wander as the price did, and "highest in the next two weeks" has a distribution.
 *
 * `pastErrors[t][h - 1]`: errors of one past forecast at all horizons, from at least 30 origins; rows with NaN are left
 * out. Origins are drawn without repeats while they last. Throws INPUT_INVALID for fewer.
 */
export function paths(
  forecast: Forecast,
  pastErrors: readonly Float64Array[],
  n: number,
  seed: number,
): Float64Array[] {
  const horizon = forecast.mean.length;
  const whole = pastErrors.filter((row) => row.length >= horizon && !row.subarray(0, horizon).some(Number.isNaN));
  if (!Number.isInteger(n) || n < 1 || whole.length < fewestErrors) throw tooFew(n, whole.length);
  const rng = createRng(seed);
  const template = drawRows(whole, n, rng);
  const made = template.map(() => new Float64Array(horizon));
  for (let index = 0; index < horizon; index += 1) {
    const quantile = quantileFunction(forecast.quantiles.map((row) => row[index] ?? Number.NaN));
    for (const [rank, place] of ranking(template, index, rng).entries()) {
      const path = made[place];
      assert(path !== undefined, 'a rank belongs to a path');
      path[index] = quantile((rank + 0.5) / n);
    }
  }
  return made;
}

/** Quantiles, at `quantileLevels`, of the highest and of the lowest value each path reaches within `horizon` steps. */
export function extremes(
  made: readonly Float64Array[],
  horizon: number,
): { highest: Float64Array; lowest: Float64Array } {
  const of = (pick: (...values: number[]) => number) => {
    const reached = sortedCopy(made.map((path) => pick(...path.subarray(0, horizon))));
    return Float64Array.from(quantileLevels, (level) => sampleQuantile(reached, level));
  };
  return { highest: of(Math.max), lowest: of(Math.min) };
}

const fewestErrors = 30;

function drawRows(rows: readonly Float64Array[], n: number, rng: Rng): Float64Array[] {
  const drawn: Float64Array[] = [];
  while (drawn.length < n) {
    const left = [...rows];
    while (left.length > 0 && drawn.length < n) drawn.push(...left.splice(rng.below(left.length), 1));
  }
  return drawn;
}

/** Places of the template in ascending order of their error at one horizon; equal errors in an order of chance. */
function ranking(template: readonly Float64Array[], index: number, rng: Rng): number[] {
  const keys = template.map((row, place) => ({ place, error: row[index] ?? Number.NaN, lot: rng.uniform() }));
  keys.sort((a, b) => a.error - b.error || a.lot - b.lot);
  return keys.map(({ place }) => place);
}

/**
 * The quantile function through the levels a forecast carries: the log of the price linear in the normal quantile of
 * the probability, the outer pieces continued, so that tails fall off as a log-normal's and no price is negative.
 */
function quantileFunction(quantiles: readonly number[]): (probability: number) => number {
  const nodes = quantileLevels.map((level) => normalQuantile(level));
  const logs = quantiles.map((value) => Math.log(value));
  return (probability) => {
    const z = normalQuantile(probability);
    let upper = 1;
    while (upper < nodes.length - 1 && z > (nodes[upper] ?? Number.NaN)) upper += 1;
    const [a, b] = [nodes[upper - 1] ?? Number.NaN, nodes[upper] ?? Number.NaN];
    const [low, high] = [logs[upper - 1] ?? Number.NaN, logs[upper] ?? Number.NaN];
    return Math.exp(low + ((z - a) / (b - a)) * (high - low));
  };
}

function tooFew(n: number, origins: number): PlatformError {
  return new PlatformError('INPUT_INVALID', `${n} paths cannot be made from the errors of ${origins} past forecasts.`, {
    context: { paths: n, origins, fewest: fewestErrors },
    hint: `Ask for a whole number of paths, and give errors of at least ${fewestErrors} origins, complete at every horizon.`,
  });
}
