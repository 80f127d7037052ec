import type { Forecast, TrainingData } from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { type CatalogueEntry, defineModel, refuse } from './define-model.ts';

/** What a person's own module exports as `model`: see docs/guide/own-model.md. */
export interface ExternalModel {
  readonly name: string;
  readonly minObservations: number;
  /** Estimates from the data; the answer must survive JSON. */
  fit(data: TrainingData, options: { readonly seed: number }): unknown;
  /** The same estimates moved to the end of newer data; without it the model is fitted anew. */
  update?(state: unknown, data: TrainingData): unknown;
  forecast(state: unknown, horizon: number, levels: readonly number[]): unknown;
}

interface ExternalState {
  readonly seed: number;
  readonly own: unknown;
}

/**
 * A person's own model as the catalogue's are. Whatever it is handed is a copy; whatever it answers is checked: wrong
 * lengths, what is no number, NaN and quantiles that cross are refused with INPUT_INVALID naming `reference`.
 * Throws INPUT_INVALID when `exported` is no such model.
 */
export function externalModel(reference: string, exported: unknown): CatalogueEntry {
  const model = checkedModel(reference, exported);
  return defineModel<ExternalState>({
    name: reference,
    family: 'external',
    // Which bytes of the file are meant: results of others must not be taken for theirs.
    defaults: { sha256: '' },
    minObservations: () => model.minObservations,
    estimate: (data, _, { seed }) => ({ seed, own: answered(reference, model.fit(copyOf(data), { seed })) }),
    advance({ seed, own }, data) {
      const moved = model.update?.(structuredClone(own), copyOf(data)) ?? model.fit(copyOf(data), { seed });
      return { seed, own: answered(reference, moved) };
    },
    predict: ({ own }, horizon) =>
      externalForecast(reference, model.forecast(structuredClone(own), horizon, quantileLevels), horizon),
  });
}

/** A forecast as someone else's code gives it: `mean[h - 1]` and `quantiles[level][h - 1]`, lists or typed arrays. */
export function externalForecast(reference: string, answer: unknown, horizon: number): Forecast {
  const { mean, quantiles } = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  if (!isList(quantiles) || quantiles.length !== quantileLevels.length) {
    refuse(reference, `a forecast has ${quantileLevels.length} rows of quantiles, one for each level`, {
      levels: quantileLevels,
    });
  }
  return {
    mean: numbersOf(reference, 'the mean', mean, horizon),
    quantiles: quantileLevels.map((level, row) =>
      numbersOf(reference, `the ${level} quantile`, quantiles[row], horizon),
    ),
  };
}

function checkedModel(reference: string, exported: unknown): ExternalModel {
  const model = (typeof exported === 'object' && exported !== null ? exported : {}) as Partial<ExternalModel>;
  const hint = 'Export `model` with name, minObservations, fit and forecast: see docs/guide/own-model.md.';
  if (typeof model.fit !== 'function' || typeof model.forecast !== 'function') {
    refuse(reference, 'it exports no `model` with the functions fit and forecast', {}, hint);
  }
  const { minObservations } = model;
  if (typeof minObservations !== 'number' || !Number.isInteger(minObservations) || minObservations < 1) {
    refuse(reference, 'minObservations must be a whole number >= 1', { minObservations }, hint);
  }
  return model as ExternalModel;
}

function copyOf(data: TrainingData): TrainingData {
  return structuredClone(data);
}

/** A promise would be kept as a state, and then forecast nothing. */
function answered(reference: string, state: unknown): unknown {
  if (state instanceof Promise) refuse(reference, 'fit and update must answer at once, not with a promise');
  if (state === undefined || state === null) refuse(reference, 'fit and update must answer with a state');
  return structuredClone(state);
}

function numbersOf(reference: string, what: string, values: unknown, horizon: number): Float64Array {
  if (!isList(values) || values.length !== horizon) {
    refuse(reference, `${what} must be a list of ${horizon} numbers, one for each horizon`);
  }
  return Float64Array.from({ length: horizon }, (_, h) => {
    const value = values[h];
    return typeof value === 'number' ? value : Number.NaN;
  });
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || value instanceof Float64Array || value instanceof Float32Array;
}
