import { coordinateDescent } from '../stats/elastic-net.ts';
import { definePenalisedRegression } from './penalised-regression.ts';

/** Half of the penalty on the absolute values, which drops features, and half on the squares, which shares weight. */
const L1_SHARE = 0.5;

/**
 * The elastic net (Zou & Hastie 2005) on lagged changes, moments of two windows and regressors: features that do not help
 * get no weight at all, and where none helps what is left is the mean change. The penalty is chosen by time-ordered
 * validation for each horizon: see `definePenalisedRegression`.
 */
export const elasticNet = definePenalisedRegression({
  name: 'elastic-net',
  penaltyPath({ moment }) {
    // The smallest penalty at which every coefficient is 0, then down to a thousandth of it.
    const most = moment.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0) / L1_SHARE;
    return Array.from({ length: 16 }, (_, k) => most * 10 ** (-k / 5));
  },
  solve({ gram, moment, size }, penalties) {
    const solution = new Float64Array(size);
    return penalties.map((penalty) => {
      const l1 = new Float64Array(size).fill(penalty * L1_SHARE);
      const l2 = new Float64Array(size).fill(penalty * (1 - L1_SHARE));
      return coordinateDescent(gram, moment, { l1, l2 }, solution, { tolerance: 1e-7, passes: 300 }).slice();
    });
  },
});
