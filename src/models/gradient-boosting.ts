import type { Forecast, ModelParameters, TrainingData } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import {
  type Booster,
  type BoostingLoss,
  type BoostingSettings,
  fitBooster,
  predictBooster,
  roundsOf,
} from './boosting-fit.ts';
import { defineModel, refuse, requireWhole } from './define-model.ts';
import { changeUnit, type DirectDesign, directDesign, lastOrigin } from './direct-design.ts';
import { decodeForest, encodeForest } from './forest-artefact.ts';
import { featureReach, lagFeatureSettings } from './lag-features.ts';
import { type BinnedFeatures, binFeatures } from './regression-tree.ts';
import type { RegressorInputs } from './regressor-features.ts';
import { chooseScale, validateScale, type WorkingScale } from './working-scale.ts';

interface BoostingState {
  readonly last: number;
  readonly scale: WorkingScale;
  /** Root mean square change; 0 for a constant series. */
  readonly unit: number;
  /** Of the outcome divided by its expected deviation: see `deviationAt`. */
  readonly mean: Booster;
  /** One for each quantile level, their answers not yet put in order. */
  readonly quantiles: readonly Booster[];
  /** Mean square of what the mean leaves unexplained, in squared expected deviations. */
  readonly spread: number;
  readonly inputs: RegressorInputs;
  /** Features at the last origin, in units. */
  readonly features: readonly number[];
}

const NAME = 'gradient-boosting';

/**
 * Gradient boosting of the whole distribution (Friedman 2001): one booster by squared error for the mean and one by
 * pinball loss for each quantile level. What is learned is the cumulative change to h divided by sqrt(h) and by the
 * deviation of recent changes, so that a booster without a single tree is already a random walk whose width follows
 * volatility, and trees are added only where they help: how many is decided on the last fifth of the origins in time
 * order, with the origins whose outcomes reach into it left out; then all origins are used. The horizon is a feature:
 * four horizons up to `horizons` are learned together and the others lie between them. Features are the last `lags`
 * changes, moments of two windows, and the regressors of the training data.
 * Quantiles that cross are put in order (rearrangement: Chernozhukov, Fernandez-Val & Galichon 2010). Deterministic: the
 * seed is not used. `update` moves the last value and its features. A constant series gives a point distribution.
 * Scale equivariant as far as rounding moves no value across a bin; shift equivariant on `level`.
 */
export const gradientBoosting = defineModel<BoostingState>({
  name: NAME,
  family: 'tree',
  defaults: {
    rounds: 100,
    learningRate: 0.1,
    maxLeaves: 8,
    minLeaf: 100,
    l2: 10,
    patience: 8,
    lags: 5,
    shortWindow: 5,
    longWindow: 21,
    horizons: 14,
    scale: 'auto',
  },
  validate(parameters) {
    validateScale(NAME, parameters);
    lagFeatureSettings(NAME, parameters);
    requireWhole(NAME, parameters, 'rounds', 0, 5000);
    requireWhole(NAME, parameters, 'maxLeaves', 2, 256);
    requireWhole(NAME, parameters, 'minLeaf', 1, 100_000);
    requireWhole(NAME, parameters, 'patience', 1, 1000);
    requireWhole(NAME, parameters, 'horizons', 1, 250);
    const { learningRate, l2 } = parameters;
    if (!(Number(learningRate) > 0 && Number(learningRate) <= 1)) {
      refuse(NAME, 'parameter learningRate must be above 0 and at most 1', { learningRate });
    }
    if (Number(l2) < 0) refuse(NAME, 'parameter l2 must not be negative', { l2 });
  },
  minObservations(parameters) {
    return featureReach(lagFeatureSettings(NAME, parameters)) + 8 * Number(parameters['horizons']) + 20;
  },
  estimate(data, parameters) {
    const scale = chooseScale(NAME, data.y, parameters);
    const unit = changeUnit(NAME, data.y, scale);
    if (!Number.isFinite(unit)) refuse(NAME, 'its changes are too large to be squared', {}, 'Rescale the series.');
    const design = directDesign(NAME, data, parameters, scale, unit);
    const learned = unit > 0 ? learn(design, parameters) : pointDistribution;
    const origin = lastOrigin(NAME, data, parameters, scale, unit, design.inputs);
    return { scale, unit, inputs: design.inputs, ...learned, ...origin };
  },
  advance(state, data: TrainingData, parameters) {
    return { ...state, ...lastOrigin(NAME, data, parameters, state.scale, state.unit, state.inputs) };
  },
  predict,
  encode: (state) => ({ ...state, mean: encode(state.mean), quantiles: state.quantiles.map(encode) }),
  decode(encoded) {
    const state = encoded as BoostingState;
    return { ...state, mean: decode(state.mean), quantiles: state.quantiles.map(decode) };
  },
});

const pointDistribution = {
  mean: { base: 0 },
  quantiles: quantileLevels.map(() => ({ base: 0 })),
  spread: 0,
};

function predict(state: BoostingState, horizon: number, parameters: ModelParameters): Forecast {
  const { last, scale, unit, features } = state;
  const back = (change: number) => (scale === 'log' ? last * Math.exp(change) : last + change);
  const mean = new Float64Array(horizon);
  const quantiles = quantileLevels.map(() => new Float64Array(horizon));
  const deviation = unit * deviationOf(features[lagFeatureSettings(NAME, parameters).lags + 3]!);
  for (let h = 1; h <= horizon; h++) {
    const row = [...features, h];
    const width = deviation * Math.sqrt(h);
    const shift = scale === 'log' ? 0.5 * state.spread * width * width : 0;
    mean[h - 1] = back(predictBooster(state.mean, row) * width + shift);
    const ordered = Float64Array.from(state.quantiles, (booster) => predictBooster(booster, row)).sort();
    for (let level = 0; level < quantiles.length; level++) quantiles[level]![h - 1] = back(ordered[level]! * width);
  }
  return { mean, quantiles };
}

/** Expected deviation of the next change in units: recent deviation, drawn a little to the long-run one, which is 1. */
function deviationOf(recent: number): number {
  return Math.sqrt(0.9 * recent * recent + 0.1);
}

/** Four horizons from 1 to the last, in equal ratios. */
function anchorsOf(horizons: number): number[] {
  return [...new Set([0, 1, 2, 3].map((k) => Math.round(horizons ** (k / 3))))];
}

interface Learned {
  readonly mean: Booster;
  readonly quantiles: readonly Booster[];
  readonly spread: number;
}

function learn(design: DirectDesign, parameters: ModelParameters): Learned {
  const horizons = Number(parameters['horizons']);
  const rows = design.features.rows - horizons;
  const cut = Math.floor(0.8 * rows);
  const anchors = anchorsOf(horizons);
  const deviationFeature = lagFeatureSettings(NAME, parameters).lags + 3;
  const target = outcomes(design, anchors, rows, deviationFeature);
  const binned = binOrigins(design, rows);
  const pick = (from: number, to: number) => ({
    features: stackHorizons(binned, anchors, from, to),
    target: Float64Array.from({ length: anchors.length * (to - from) }, (_, i) => {
      return target[Math.floor(i / (to - from)) * rows + from + (i % (to - from))]!;
    }),
  });
  const [early, late, all] = [pick(0, cut - horizons), pick(cut, rows), pick(0, rows)];
  const boost = (loss: BoostingLoss): Booster => {
    const settings = settingsOf(parameters, loss);
    const rounds = roundsOf(fitBooster(early, settings, late));
    return fitBooster(all, { ...settings, rounds });
  };
  const mean = boost('squared');
  const quantiles = quantileLevels.map((quantile) => boost({ quantile }));
  return { mean, quantiles, spread: spreadOf(mean, design, anchors, target, rows) };
}

function settingsOf(parameters: ModelParameters, loss: BoostingLoss): BoostingSettings {
  const number = (name: string) => Number(parameters[name]);
  return {
    rounds: number('rounds'),
    learningRate: number('learningRate'),
    maxLeaves: number('maxLeaves'),
    minLeaf: number('minLeaf'),
    l2: number('l2'),
    patience: number('patience'),
    loss,
  };
}

/** `outcomes[a * rows + i]`: change from origin i to `anchors[a]` later, in expected deviations. */
function outcomes(
  design: DirectDesign,
  anchors: readonly number[],
  rows: number,
  deviationFeature: number,
): Float64Array {
  const { changes, features } = design;
  const sums = new Float64Array(changes.length + 1);
  for (let t = 0; t < changes.length; t++) sums[t + 1] = sums[t]! + changes[t]!;
  const target = new Float64Array(anchors.length * rows);
  anchors.forEach((h, a) => {
    for (let i = 0; i < rows; i++) {
      const next = features.firstOrigin + i + 1;
      const recent = features.values[deviationFeature * features.rows + i]!;
      target[a * rows + i] = (sums[next + h]! - sums[next]!) / (deviationOf(recent) * Math.sqrt(h));
    }
  });
  return target;
}

function binOrigins({ features }: DirectDesign, rows: number): BinnedFeatures {
  const values = new Float64Array(features.count * rows);
  for (let f = 0; f < features.count; f++) {
    values.set(features.values.subarray(f * features.rows, f * features.rows + rows), f * rows);
  }
  return binFeatures(values, rows, features.count, 64);
}

/** The origins [from, to) once for each horizon, with the horizon as the last feature. */
function stackHorizons(binned: BinnedFeatures, anchors: readonly number[], from: number, to: number): BinnedFeatures {
  const size = to - from;
  const rows = anchors.length * size;
  const bins = new Uint8Array((binned.count + 1) * rows);
  anchors.forEach((_, a) => {
    for (let f = 0; f < binned.count; f++) {
      bins.set(binned.bins.subarray(f * binned.rows + from, f * binned.rows + to), f * rows + a * size);
    }
    bins.fill(a, binned.count * rows + a * size, binned.count * rows + (a + 1) * size);
  });
  return { bins, edges: [...binned.edges, Float64Array.from(anchors)], rows, count: binned.count + 1 };
}

function spreadOf(
  mean: Booster,
  { features }: DirectDesign,
  anchors: readonly number[],
  target: Float64Array,
  rows: number,
): number {
  let squares = 0;
  const row = new Float64Array(features.count + 1);
  anchors.forEach((h, a) => {
    row[features.count] = h;
    for (let i = 0; i < rows; i++) {
      for (let f = 0; f < features.count; f++) row[f] = features.values[f * features.rows + i]!;
      const error = target[a * rows + i]! - predictBooster(mean, row);
      squares += error * error;
    }
  });
  return squares / target.length;
}

function encode({ base, trees }: Booster): unknown {
  return trees === undefined ? { base } : { base, trees: encodeForest(trees) };
}

function decode(encoded: unknown): Booster {
  const { base, trees } = encoded as { base: number; trees?: unknown };
  return trees === undefined ? { base } : { base, trees: decodeForest(trees) };
}
