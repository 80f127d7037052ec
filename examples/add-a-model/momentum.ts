import { defineModel } from '../../src/models/define-model.ts';
import { gaussianChangeForecast } from '../../src/models/gaussian-forecast.ts';
import { chooseScale, validateScale, workingChanges } from '../../src/models/working-scale.ts';

/**
 * A share of the last change goes on, and a share of that, and so on: an autoregression of order 1 on changes without a
 * constant (Box & Jenkins 1976, section 3.2), the share by least squares. The distribution is normal on the working
 * scale, with the deviation of the one-step errors times the root of the horizon.
 */
export const momentum = defineModel({
  name: 'momentum',
  family: 'benchmark',
  defaults: { scale: 'auto' },
  validate: (parameters) => validateScale('momentum', parameters),
  minObservations: () => 20,
  estimate({ y }, parameters) {
    const scale = chooseScale('momentum', y, parameters);
    const changes = workingChanges('momentum', y, scale);
    const pairs = [...changes.subarray(1)].map((change, i) => [changes[i] ?? 0, change] as const);
    const squares = pairs.reduce((sum, [before]) => sum + before ** 2, 0);
    const share = squares === 0 ? 0 : pairs.reduce((sum, [before, change]) => sum + before * change, 0) / squares;
    const errors = pairs.map(([before, change]) => (change - share * before) ** 2);
    const sigma = Math.sqrt(errors.reduce((sum, error) => sum + error, 0) / errors.length);
    return { scale, share, sigma, last: y.at(-1) ?? 0, change: changes.at(-1) ?? 0 };
  },
  advance(state, { y }) {
    return { ...state, last: y.at(-1) ?? 0, change: workingChanges('momentum', y, state.scale).at(-1) ?? 0 };
  },
  predict({ last, change, share, sigma, scale }, horizon) {
    const moves = Float64Array.from({ length: horizon });
    for (let h = 0; h < horizon; h++) moves[h] = (moves[h - 1] ?? 0) + change * share ** (h + 1);
    const deviations = moves.map((_, h) => sigma * Math.sqrt(h + 1));
    return gaussianChangeForecast(new Float64Array(horizon).fill(last), moves, deviations, scale, false);
  },
});
