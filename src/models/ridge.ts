import { choleskyFactor, choleskySolve } from '../stats/least-squares.ts';
import { definePenalisedRegression } from './penalised-regression.ts';

/** From a regression that says nothing to one that is hardly held back; features have mean square 1. */
const path = Array.from({ length: 14 }, (_, k) => 10 ** (2 - k / 2));

/**
 * Ridge regression (Hoerl & Kennard 1970) on lagged changes, moments of two windows and regressors, the penalty chosen
 * by time-ordered validation for each horizon: see `definePenalisedRegression`.
 */
export const ridge = definePenalisedRegression({
  name: 'ridge',
  penaltyPath: () => path,
  solve: ({ gram, moment, size, deviations }, penalties) =>
    penalties.map((penalty) => {
      const penalised = gram.slice();
      // A column that does not vary has no equation: 1 on its diagonal gives it 0.
      for (let j = 0; j < size; j++) penalised[j * size + j]! += deviations[j]! > 0 ? penalty : 1;
      const lower = choleskyFactor(penalised, size);
      return lower === undefined ? new Float64Array(size) : choleskySolve(lower, size, moment);
    }),
});
