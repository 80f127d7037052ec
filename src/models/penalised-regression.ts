import type { ModelParameters } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import {
  addMoments,
  type LinearFit,
  type Moments,
  meanSquaredError,
  momentsOf,
  originAt,
  type StandardMoments,
  standardise,
  unstandardise,
} from '../stats/elastic-net.ts';
import { mean } from '../stats/moments.ts';
import { type CatalogueEntry, defineModel, requireWhole } from './define-model.ts';
import { directDesign, lastOrigin } from './direct-design.ts';
import { cumulativeChanges, type DirectErrors, directForecast, summariseErrors } from './direct-forecast.ts';
import { featureCount, featureReach, type LagFeatures, lagFeatureSettings } from './lag-features.ts';
import type { RegressorInputs } from './regressor-features.ts';
import { chooseScale, validateScale, type WorkingScale } from './working-scale.ts';

interface PenalisedState {
  readonly last: number;
  readonly scale: WorkingScale;
  /** `coefficients[h - 1]`: the intercept, then one number for each feature. */
  readonly coefficients: readonly (readonly number[])[];
  /** Penalty chosen for each horizon, relative to features of mean square 1. */
  readonly penalties: readonly number[];
  readonly errors: DirectErrors;
  readonly inputs: RegressorInputs;
  readonly features: readonly number[];
}

export interface PenalisedDefinition {
  readonly name: string;
  /** Penalties to choose from, largest first, given the largest useful one (all coefficients 0 for an l1 penalty). */
  penaltyPath(standard: StandardMoments): readonly number[];
  /** Standardised coefficients for each penalty of the path, warm starts allowed. */
  solve(standard: StandardMoments, path: readonly number[]): readonly Float64Array[];
}

/** Parts of the training rows; the later ones are each predicted once from all before them. */
const PARTS = 6;
const TESTED_FROM = 3;

/**
 * A linear regression of the cumulative change to each horizon, as `linear`, whose penalty is chosen for each horizon
 * inside the training rows: they are cut into six parts in time order, and each of the last three is predicted from all
 * rows before it but those whose outcomes reach into it. The smallest mean squared error wins; among equal ones the larger
 * penalty. All of it is done on sums of products, so a path of penalties costs little more than one regression.
 * The distribution is the empirical one of the model's own residuals at that horizon. `update` moves the last value and
 * its features. A constant series gives a point distribution. Scale equivariant; shift equivariant on `level`.
 */
export function definePenalisedRegression(definition: PenalisedDefinition): CatalogueEntry {
  const { name } = definition;
  return defineModel<PenalisedState>({
    name,
    family: 'regression',
    defaults: { lags: 10, shortWindow: 10, longWindow: 21, horizons: 14, scale: 'auto' },
    validate(parameters) {
      validateScale(name, parameters);
      lagFeatureSettings(name, parameters);
      requireWhole(name, parameters, 'horizons', 1, 250);
    },
    minObservations(parameters) {
      const settings = lagFeatureSettings(name, parameters);
      return featureReach(settings) + 3 * Number(parameters['horizons']) + 4 * (featureCount(settings) + 1);
    },
    estimate(data, parameters) {
      const scale = chooseScale(name, data.y, parameters);
      const { changes, features, inputs } = directDesign(name, data, parameters, scale, 1);
      const fits = fitHorizons(definition, changes, features, parameters, scale);
      return { scale, inputs, ...fits, ...lastOrigin(name, data, parameters, scale, 1, inputs) };
    },
    advance(state, data, parameters) {
      return { ...state, ...lastOrigin(name, data, parameters, state.scale, 1, state.inputs) };
    },
    predict(state, horizon) {
      const centre = state.coefficients.map((beta) =>
        state.features.reduce((sum, value, f) => sum + value * beta[f + 1]!, beta[0]!),
      );
      return directForecast(state.last, centre, state.errors, state.scale, horizon);
    },
  });
}

function fitHorizons(
  definition: PenalisedDefinition,
  changes: Float64Array,
  design: LagFeatures,
  parameters: ModelParameters,
  scale: WorkingScale,
): Pick<PenalisedState, 'coefficients' | 'penalties' | 'errors'> {
  const horizons = Number(parameters['horizons']);
  const rows = design.rows - horizons;
  const targets = cumulativeChanges(changes, design.firstOrigin, rows, horizons);
  const columns = Array.from({ length: design.count }, (_, f) =>
    design.values.subarray(f * design.rows, f * design.rows + rows),
  );
  const gramOfColumns = partGrams(columns, rows);
  const coefficients: number[][] = [];
  const penalties: number[] = [];
  const offsets: number[][] = quantileLevels.map(() => []);
  const shift: number[] = [];
  for (let h = 1; h <= horizons; h++) {
    const target = targets.subarray((h - 1) * rows, h * rows);
    const { fit, penalty } = choosePenalty(definition, gramOfColumns, columns, target, h);
    const summary = summariseErrors(residualsOf(fit, columns, target), scale);
    coefficients.push([fit.intercept, ...fit.coefficients]);
    penalties.push(penalty);
    summary.offsets.forEach((value, level) => {
      offsets[level]!.push(value);
    });
    shift.push(summary.shift);
  }
  return { coefficients, penalties, errors: { offsets, shift, meanChange: mean(changes) } };
}

/** Products of the columns over each part, which all horizons share, with the last `horizon` rows of a part beside. */
interface PartGrams {
  readonly cuts: readonly number[];
  /** Moments of the columns alone over [from, to), kept once made. */
  over(from: number, to: number): Moments;
}

function partGrams(columns: readonly Float64Array[], rows: number): PartGrams {
  const cuts = Array.from({ length: PARTS + 1 }, (_, part) => Math.floor((part * rows) / PARTS));
  const kept = new Map<string, Moments>();
  // The target's place is filled in later, for each horizon.
  const nothing = new Float64Array(rows);
  const origin = originAt(columns, nothing, 0);
  return {
    cuts,
    over(from, to) {
      const key = `${from} ${to}`;
      const known = kept.get(key) ?? momentsOf(columns, nothing, from, to, origin);
      kept.set(key, known);
      return known;
    },
  };
}

/** Moments of the columns, known, with those of the target put in. */
function withTarget(
  known: Moments,
  columns: readonly Float64Array[],
  target: Float64Array,
  from: number,
  to: number,
): Moments {
  const width = columns.length + 1;
  const sums = known.sums.slice();
  const products = known.products.slice();
  const own = target.subarray(from, to);
  [...columns.map((column) => column.subarray(from, to)), own].forEach((column, j) => {
    const origin = known.origin[j]!;
    let product = 0;
    for (let i = 0; i < own.length; i++) product += (column[i]! - origin) * own[i]!;
    products[j * width + width - 1] = products[(width - 1) * width + j] = product;
  });
  let sum = 0;
  for (const value of own) sum += value;
  sums[width - 1] = sum;
  return { rows: to - from, origin: known.origin, sums, products };
}

function choosePenalty(
  definition: PenalisedDefinition,
  grams: PartGrams,
  columns: readonly Float64Array[],
  target: Float64Array,
  horizon: number,
): { fit: LinearFit; penalty: number } {
  const { cuts } = grams;
  const over = (from: number, to: number) => withTarget(grams.over(from, to), columns, target, from, to);
  const parts = Array.from({ length: PARTS }, (_, part) => over(cuts[part]!, cuts[part + 1]!));
  const whole = parts.reduce(addMoments);
  const standard = standardise(whole);
  const path = definition.penaltyPath(standard);
  const losses = new Float64Array(path.length);
  let before = parts.slice(0, TESTED_FROM).reduce(addMoments);
  for (let part = TESTED_FROM; part < PARTS; part++) {
    const cut = cuts[part]!;
    // Rows whose outcomes reach into the part that is predicted are taken out again.
    const learned = standardise(addMoments(before, negated(over(Math.max(0, cut - horizon), cut))));
    definition.solve(learned, path).forEach((scaled, at) => {
      losses[at]! += meanSquaredError(parts[part]!, unstandardise(learned, scaled)) * parts[part]!.rows;
    });
    before = addMoments(before, parts[part]!);
  }
  let best = 0;
  losses.forEach((loss, at) => {
    if (loss < losses[best]! * (1 - 1e-9)) best = at;
  });
  const chosen = definition.solve(standard, path.slice(0, best + 1))[best]!;
  return { fit: unstandardise(standard, chosen), penalty: path[best]! };
}

function negated(moments: Moments): Moments {
  return {
    rows: -moments.rows,
    origin: moments.origin,
    sums: moments.sums.map((value) => -value),
    products: moments.products.map((value) => -value),
  };
}

function residualsOf(fit: LinearFit, columns: readonly Float64Array[], target: Float64Array): Float64Array {
  const errors = target.map((value) => value - fit.intercept);
  columns.forEach((column, k) => {
    const weight = fit.coefficients[k]!;
    if (weight !== 0) for (let i = 0; i < errors.length; i++) errors[i]! -= weight * column[i]!;
  });
  return errors;
}
