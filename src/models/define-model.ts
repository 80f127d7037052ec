import { PlatformError } from '../domain/errors.ts';
import type {
  FitOptions,
  FittedForecaster,
  Forecast,
  Forecaster,
  ModelArtefact,
  ModelParameters,
  TrainingData,
} from '../domain/forecaster.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import { nearestName } from '../domain/nearest-name.ts';

/** One model as the rest of the product sees it. */
export interface CatalogueEntry {
  readonly name: string;
  /** Which tradition it comes from: shown to people, used for nothing else. */
  readonly family:
    | 'benchmark'
    | 'smoothing'
    | 'arima'
    | 'regression'
    | 'tree'
    | 'volatility'
    | 'additive'
    | 'formula'
    | 'external'
    | 'combination';
  readonly defaults: ModelParameters;
  /** Defaults overlaid by `parameters`; INPUT_INVALID for an unknown name, another type or a value out of range. */
  create(parameters?: ModelParameters): Forecaster;
  /** A fitted model from its stored artefact, bit-equal in its forecasts; ARTEFACT_CORRUPT when it cannot be. */
  restore(artefact: ModelArtefact): FittedForecaster;
}

/**
 * What a model file writes. `State` is everything a forecast needs, plain and immutable; it must survive JSON as it is
 * unless `encode` and `decode` are given. No function may keep the arrays it is handed.
 */
export interface ModelDefinition<State extends object> {
  readonly name: string;
  readonly family: CatalogueEntry['family'];
  readonly defaults: ModelParameters;
  /** Throws INPUT_INVALID (by `refuse`) for a value out of range; types and names are checked before. */
  validate?(parameters: ModelParameters): void;
  minObservations(parameters: ModelParameters): number;
  /** Estimates everything from finite data of at least `minObservations`. */
  estimate(data: TrainingData, parameters: ModelParameters, options: FitOptions): State;
  /** The same estimates with the state moved to the end of `data`; O(n) at worst. */
  advance(state: State, data: TrainingData, parameters: ModelParameters): State;
  /** `horizon` is already known to be whole and within 1..MAX_HORIZON. */
  predict(state: State, horizon: number, parameters: ModelParameters): Forecast;
  encode?(state: State): unknown;
  decode?(encoded: unknown): State;
}

/** Farther than this nothing useful can be said, and a slip of the caller would eat all memory. */
export const MAX_HORIZON = 10_000;

/** Turns a definition into a catalogue entry: argument checks, artefacts and the last guard live here, once. */
export function defineModel<State extends object>(definition: ModelDefinition<State>): CatalogueEntry {
  return {
    name: definition.name,
    family: definition.family,
    defaults: Object.freeze({ ...definition.defaults }),
    create: (parameters = {}) => createForecaster(definition, completeParameters(definition, parameters)),
    restore: (artefact) => restoreFitted(definition, artefact),
  };
}

/** Throws INPUT_INVALID about `model`, with a hint when there is one thing to do. */
export function refuse(model: string, reason: string, context: Record<string, unknown> = {}, hint?: string): never {
  const details = { context: { model, ...context }, ...(hint === undefined ? {} : { hint }) };
  throw new PlatformError('INPUT_INVALID', `${model}: ${reason}`, details);
}

/** A numeric parameter that must be whole and within [low, high]. */
export function requireWhole(
  model: string,
  parameters: ModelParameters,
  name: string,
  low: number,
  high: number,
): number {
  const value = parameters[name];
  if (typeof value !== 'number' || !Number.isInteger(value) || value < low || value > high) {
    refuse(model, `parameter ${name} must be a whole number in ${low}..${high}`, { [name]: value });
  }
  return value;
}

/** A text parameter that must be one of `choices`. */
export function requireChoice<Choice extends string>(
  model: string,
  parameters: ModelParameters,
  name: string,
  choices: readonly Choice[],
): Choice {
  const value = parameters[name];
  const found = choices.find((choice) => choice === value);
  if (found === undefined) refuse(model, `parameter ${name} must be one of ${choices.join(', ')}`, { [name]: value });
  return found;
}

function createForecaster<State extends object>(
  definition: ModelDefinition<State>,
  parameters: ModelParameters,
): Forecaster {
  const minObservations = definition.minObservations(parameters);
  return {
    name: definition.name,
    parameters,
    minObservations,
    fit(data, options) {
      checkData(definition.name, data, minObservations);
      if (!Number.isInteger(options.seed)) refuse(definition.name, 'the seed must be a whole number', { ...options });
      return createFitted(definition, parameters, definition.estimate(data, parameters, options));
    },
  };
}

function createFitted<State extends object>(
  definition: ModelDefinition<State>,
  parameters: ModelParameters,
  state: State,
): FittedForecaster {
  return {
    name: definition.name,
    update(data) {
      checkData(definition.name, data, definition.minObservations(parameters));
      return createFitted(definition, parameters, definition.advance(state, data, parameters));
    },
    forecast(horizon) {
      if (!Number.isInteger(horizon) || horizon < 1 || horizon > MAX_HORIZON) {
        refuse(definition.name, `the horizon must be a whole number in 1..${MAX_HORIZON}`, { horizon });
      }
      const forecast = definition.predict(state, horizon, parameters);
      checkForecast(definition.name, forecast, horizon);
      return forecast;
    },
    artefact: () => ({
      format: 1,
      model: definition.name,
      parameters,
      state: definition.encode ? definition.encode(state) : state,
    }),
  };
}

function restoreFitted<State extends object>(
  definition: ModelDefinition<State>,
  artefact: ModelArtefact,
): FittedForecaster {
  if (artefact.format !== 1 || artefact.model !== definition.name) {
    throw corrupt(definition.name, 'it names another model or format', {
      format: artefact.format,
      found: artefact.model,
    });
  }
  if (typeof artefact.state !== 'object' || artefact.state === null) {
    throw corrupt(definition.name, 'it has no state', {});
  }
  // JSON writes NaN and infinity as null, and arithmetic would take null for 0.
  if (holdsNull(artefact.state)) throw corrupt(definition.name, 'a number of its state is missing', {});
  try {
    const state = definition.decode ? definition.decode(artefact.state) : (artefact.state as State);
    const fitted = createFitted(definition, completeParameters(definition, artefact.parameters), state);
    // A state of the wrong shape shows itself in the first forecast, which is cheaper than a schema for each model.
    fitted.forecast(1);
    return fitted;
  } catch (cause) {
    throw corrupt(definition.name, 'its state gives no forecast', {}, cause);
  }
}

function holdsNull(value: unknown): boolean {
  if (value === null) return true;
  return typeof value === 'object' && Object.values(value).some(holdsNull);
}

function completeParameters(
  definition: Pick<ModelDefinition<object>, 'name' | 'defaults' | 'validate'>,
  given: ModelParameters,
): ModelParameters {
  const known = Object.keys(definition.defaults);
  for (const [name, value] of Object.entries(given)) {
    const fallback = definition.defaults[name];
    if (fallback === undefined || !known.includes(name)) {
      const nearest = nearestName(name, known);
      const hint = nearest === null ? `Known parameters: ${known.join(', ') || 'none'}.` : `Did you mean ${nearest}?`;
      refuse(definition.name, `unknown parameter ${name}`, { known }, hint);
    }
    if (typeof value !== typeof fallback || (typeof value === 'number' && !Number.isFinite(value))) {
      refuse(definition.name, `parameter ${name} must be a ${typeof fallback}`, { [name]: value });
    }
  }
  const parameters = Object.freeze({ ...definition.defaults, ...given });
  definition.validate?.(parameters);
  return parameters;
}

function checkData(model: string, data: TrainingData, minObservations: number): void {
  const { y, season } = data;
  if (y.length < minObservations) {
    const hint = `Give at least ${minObservations} observations or choose a simpler model.`;
    refuse(model, `too short: ${y.length} observations`, { observations: y.length, minObservations }, hint);
  }
  if (!Number.isInteger(season) || season < 1) refuse(model, 'the season must be a whole number >= 1', { season });
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]!)) {
      refuse(model, `observation ${i} is ${y[i]}`, { index: i }, 'Drop or mend missing values before fitting.');
    }
  }
}

/** A forecast that numbers cannot hold is refused rather than handed on as infinity. */
function checkForecast(model: string, forecast: Forecast, horizon: number): void {
  for (let h = 0; h < horizon; h++) {
    let previous = Number.NEGATIVE_INFINITY;
    for (let level = 0; level < quantileLevels.length; level++) {
      const value = forecast.quantiles[level]![h]!;
      if (!Number.isFinite(value) || !Number.isFinite(forecast.mean[h]!) || value < previous) {
        const hint = 'Shorten the horizon, or use a series of moderate size.';
        refuse(model, `the forecast at horizon ${h + 1} is not a finite distribution`, { horizon: h + 1 }, hint);
      }
      previous = value;
    }
  }
}

function corrupt(model: string, reason: string, context: Record<string, unknown>, cause?: unknown): PlatformError {
  return new PlatformError('ARTEFACT_CORRUPT', `The stored artefact of ${model} cannot be used: ${reason}`, {
    ...(cause === undefined ? {} : { cause }),
    context: { model, ...context },
    hint: 'Train the model again, or roll back to a version whose artefact is whole.',
  });
}
