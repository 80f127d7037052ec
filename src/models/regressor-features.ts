import type { TrainingData } from '../domain/forecaster.ts';
import { refuse } from './define-model.ts';

/** Which regressors a fitted model looks at: part of its state. */
export interface RegressorInputs {
  readonly names: readonly string[];
  /** Values ahead of the origin that were known at the fit's last origin (0..3), so also looked at. */
  readonly leads: number;
  /** `fill[j * (leads + 1) + k]`: mean of regressor j, k ahead of the origins of the fit; stands in for unknown values. */
  readonly fill: readonly number[];
}

/** More known values ahead than this are not looked at: each costs a feature for every regressor. */
const MOST_LEADS = 3;

/**
 * Settles what a fit looks at, and checks the columns: INPUT_INVALID for a column shorter than `y`, an infinite value,
 * or a repeated name. Values are taken as they are (give changes, not levels, of what wanders); NaN is unknown.
 */
export function chooseRegressors(model: string, data: TrainingData): RegressorInputs {
  const { regressors, y } = data;
  if (regressors === undefined || regressors.names.length === 0) return { names: [], leads: 0, fill: [] };
  checkRegressors(model, data);
  const ahead = Math.min(...regressors.columns.map((column) => column.length - y.length));
  const leads = Math.min(MOST_LEADS, ahead);
  const fill = regressors.columns.flatMap((column) =>
    Array.from({ length: leads + 1 }, (_, lead) => meanOfKnown(column.subarray(lead, y.length + lead))),
  );
  return { names: [...regressors.names], leads, fill };
}

export function regressorCount({ fill }: RegressorInputs): number {
  return fill.length;
}

/**
 * Feature-major values at the origins `y[first]..y[first + rows - 1]`: `values[(j * (leads + 1) + k) * rows + i]`.
 * INPUT_INVALID when the data has other regressors than the fit had.
 */
export function regressorRows(
  model: string,
  data: TrainingData,
  inputs: RegressorInputs,
  first: number,
  rows: number,
): Float64Array {
  const values = new Float64Array(inputs.fill.length * rows);
  if (inputs.names.length === 0) return values;
  const names = data.regressors?.names ?? [];
  if (names.length !== inputs.names.length || names.some((name, j) => name !== inputs.names[j])) {
    const hint = `Give the regressors of the fit, in its order: ${inputs.names.join(', ')}.`;
    refuse(model, 'the regressors are not those of the fit', { given: names, wanted: inputs.names }, hint);
  }
  checkRegressors(model, data);
  const width = inputs.leads + 1;
  data.regressors!.columns.forEach((column, j) => {
    for (let lead = 0; lead < width; lead++) {
      const at = j * width + lead;
      for (let i = 0; i < rows; i++) {
        const value = column[first + i + lead] ?? Number.NaN;
        values[at * rows + i] = Number.isNaN(value) ? inputs.fill[at]! : value;
      }
    }
  });
  return values;
}

function checkRegressors(model: string, { regressors, y }: TrainingData): void {
  if (regressors === undefined) return;
  const { names, columns } = regressors;
  if (names.length !== columns.length || new Set(names).size !== names.length) {
    refuse(model, 'each regressor needs a name of its own and a column', { names, columns: columns.length });
  }
  columns.forEach((column, j) => {
    const name = names[j];
    if (column.length < y.length) {
      refuse(model, `regressor ${name} has ${column.length} values for ${y.length} observations`, { name });
    }
    const bad = column.findIndex((value) => value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY);
    if (bad >= 0)
      refuse(model, `regressor ${name} is infinite at ${bad}`, { name, index: bad }, 'Use NaN for unknown.');
  });
}

/** 0 when nothing is known. */
function meanOfKnown(values: Float64Array): number {
  let sum = 0;
  let known = 0;
  for (const value of values) {
    if (Number.isNaN(value)) continue;
    sum += value;
    known++;
  }
  return known === 0 ? 0 : sum / known;
}
