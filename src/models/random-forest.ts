import type { ModelParameters } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { mean } from '../stats/moments.ts';
import { defineModel, refuse, requireWhole } from './define-model.ts';
import { changeUnit, type DirectDesign, directDesign, lastOrigin } from './direct-design.ts';
import { cumulativeChanges, type DirectErrors, directForecast, summariseErrors } from './direct-forecast.ts';
import { decodeForest, encodeForest } from './forest-artefact.ts';
import { type Forest, fitForest, predictForest } from './forest-fit.ts';
import { featureReach, lagFeatureSettings } from './lag-features.ts';
import type { RegressorInputs } from './regressor-features.ts';
import { chooseScale, validateScale, type WorkingScale } from './working-scale.ts';

interface ForestState {
  readonly last: number;
  readonly scale: WorkingScale;
  /** Root mean square change: the forest learns and answers in this unit. 0 for a constant series. */
  readonly unit: number;
  readonly forest: Forest;
  readonly errors: DirectErrors;
  readonly inputs: RegressorInputs;
  /** Features at the last origin, in units. */
  readonly features: readonly number[];
}

const NAME = 'random-forest';

/**
 * A random forest (Breiman 2001) of the cumulative changes to horizons 1..`horizons` together (`fitForest`) on the last `lags` changes
 * and the mean and deviation of two windows. Changes are log returns on the `log` scale, differences on `level`.
 * The distribution is the empirical one of the out-of-bag errors at that horizon: in-bag errors would be too small.
 * The same seed gives the same forest. `update` moves the last value and its features, not the trees.
 * A constant series gives a point distribution. Scale equivariant (bit-exactly so for powers of two; else as far as
 * rounding does not move a value across a bin); shift equivariant on `level`. Regressors of the training data are features.
 */
export const randomForest = defineModel<ForestState>({
  name: NAME,
  family: 'tree',
  defaults: {
    trees: 200,
    maxDepth: 5,
    minLeaf: 40,
    featureShare: 0.4,
    lags: 10,
    shortWindow: 10,
    longWindow: 21,
    horizons: 14,
    scale: 'auto',
  },
  validate(parameters) {
    validateScale(NAME, parameters);
    lagFeatureSettings(NAME, parameters);
    requireWhole(NAME, parameters, 'trees', 1, 5000);
    requireWhole(NAME, parameters, 'maxDepth', 1, 20);
    requireWhole(NAME, parameters, 'minLeaf', 1, 100_000);
    requireWhole(NAME, parameters, 'horizons', 1, 250);
    const share = Number(parameters['featureShare']);
    if (!(share > 0 && share <= 1)) refuse(NAME, 'parameter featureShare must be above 0 and at most 1', { share });
  },
  minObservations(parameters) {
    const reach = featureReach(lagFeatureSettings(NAME, parameters));
    return reach + 6 * Number(parameters['horizons']) + 2 * Math.min(40, Number(parameters['minLeaf']));
  },
  estimate(data, parameters, { seed }) {
    const scale = chooseScale(NAME, data.y, parameters);
    const unit = changeUnit(NAME, data.y, scale);
    const design = directDesign(NAME, data, parameters, scale, unit);
    const { forest, errors } = learn(design, parameters, { seed, scale, unit });
    const { inputs } = design;
    return { scale, unit, forest, errors, inputs, ...lastOrigin(NAME, data, parameters, scale, unit, inputs) };
  },
  advance(state, data, parameters) {
    return { ...state, ...lastOrigin(NAME, data, parameters, state.scale, state.unit, state.inputs) };
  },
  predict(state, horizon) {
    const centre = predictForest(state.forest, state.features).map((value) => value * state.unit);
    return directForecast(state.last, centre, state.errors, state.scale, horizon);
  },
  encode: (state) => ({ ...state, forest: encodeForest(state.forest) }),
  decode(encoded) {
    const state = encoded as ForestState & { forest: unknown };
    return { ...state, forest: decodeForest(state.forest) };
  },
});

function learn(
  { changes, features: design }: DirectDesign,
  parameters: ModelParameters,
  options: { seed: number; scale: WorkingScale; unit: number },
): { forest: Forest; errors: DirectErrors } {
  const horizons = Number(parameters['horizons']);
  const rows = design.rows - horizons;
  const outputs = cumulativeChanges(changes, design.firstOrigin, rows, horizons);
  const features = new Float64Array(rows * design.count);
  for (let f = 0; f < design.count; f++) {
    features.set(design.values.subarray(f * design.rows, f * design.rows + rows), f * rows);
  }
  const { forest, outOfBag } = fitForest(
    { features, featureCount: design.count, outputs, outputCount: horizons, rows },
    {
      trees: Number(parameters['trees']),
      maxDepth: Number(parameters['maxDepth']),
      minLeaf: Number(parameters['minLeaf']),
      featureShare: Number(parameters['featureShare']),
      maxBins: 64,
      blockLength: 2 * horizons,
      seed: options.seed,
    },
  );
  return { forest, errors: outOfBagErrors(outputs, outOfBag, rows, horizons, mean(changes), options) };
}

/** Errors of the trees that did not see a row; when a small forest saw every row, the outcomes themselves stand in. */
function outOfBagErrors(
  outputs: Float64Array,
  outOfBag: Float64Array,
  rows: number,
  horizons: number,
  meanChange: number,
  { unit, scale }: { unit: number; scale: WorkingScale },
): DirectErrors {
  const offsets: number[][] = quantileLevels.map(() => []);
  const shift: number[] = [];
  for (let h = 0; h < horizons; h++) {
    const outcome = outputs.subarray(h * rows, (h + 1) * rows);
    const known = outcome.map((value, i) => (value - outOfBag[h * rows + i]!) * unit).filter((e) => !Number.isNaN(e));
    const summary = summariseErrors(known.length > 0 ? known : outcome.map((value) => value * unit), scale);
    summary.offsets.forEach((value, level) => {
      offsets[level]!.push(value);
    });
    shift.push(summary.shift);
  }
  return { offsets, shift, meanChange: meanChange * unit };
}
