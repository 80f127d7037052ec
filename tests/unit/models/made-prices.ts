import type { ModelParameters } from '../../../src/domain/forecaster.ts';
import { createRng } from '../../../src/stats/random.ts';

/** A made price series: a log random walk with a little drift and changing volatility. */
export function madePrices(count: number, seed = 7): Float64Array {
  const rng = createRng(seed);
  let level = Math.log(2000);
  let volatility = 0.01;
  return Float64Array.from({ length: count }, () => {
    volatility = 0.97 * volatility + 0.03 * 0.01 * Math.abs(rng.normal()) * 1.25;
    level += 0.0003 + volatility * rng.normal();
    return Math.exp(level);
  });
}

/** Settings that keep slow models quick in tests without changing what they do. */
export const quickParameters: Readonly<Record<string, ModelParameters>> = {
  'random-forest': { trees: 20, minLeaf: 10, horizons: 5 },
  linear: { horizons: 5 },
  arima: { maxOrder: 2 },
  sarima: { P: 0 },
  'gradient-boosting': { rounds: 20, minLeaf: 10, horizons: 5 },
  ridge: { horizons: 5 },
  'elastic-net': { horizons: 5 },
  ewma: { paths: 200 },
  garch: { paths: 200 },
  'gjr-garch': { paths: 200 },
  'median-combination': { members: 'naive,theta,seasonal-naive' },
  'trimmed-combination': { members: 'naive,seasonal-naive,theta,autoregression,seasonally-adjusted' },
};

/** Settings under which a model adds and never multiplies, so that its forecasts move with the series. */
export const additiveSettings: Readonly<Record<string, ModelParameters>> = {
  ets: { form: 'AAdN' },
  'holt-winters': { seasonal: 'additive' },
  mstl: { inner: 'drift' },
};
