import type {
  FitOptions,
  FittedForecaster,
  Forecast,
  ModelArtefact,
  ModelParameters,
  TrainingData,
} from '../domain/forecaster.ts';
import { attempt, type PastForecasts, pastForecasts, pastOrigins, pastWidening } from './combination-folds.ts';
import { automaticMembers, createMember, namedMembers, restoreMember } from './combination-members.ts';
import { type CombinationRule, combineForecasts, type Widening, widen } from './combination-rules.ts';
import { type CatalogueEntry, defineModel, refuse, requireWhole } from './define-model.ts';

interface CombinationState {
  readonly members: readonly { readonly fitted: FittedForecaster; readonly weight: number }[];
  readonly rule: CombinationRule;
  readonly widening: Widening;
}

const classical = 'ets,arima,theta';

/** The median of its members, level by level: what did best for its simplicity in M4 (Petropoulos & Svetunkov 2020). */
export const medianCombination: CatalogueEntry = combination('median-combination', 'median', classical);

/** The mean of its members without the lowest and highest fifth. */
export const trimmedCombination: CatalogueEntry = combination('trimmed-combination', 'trimmed', classical);

/** Its members weighted by the inverse square of their errors from past origins (Bates & Granger 1969). */
export const weightedCombination: CatalogueEntry = combination('weighted-combination', 'weighted', classical);

/**
 * Chosen and combined from the series alone: every member of `automaticMembers` forecasts from `folds` past origins, and
 * the `best` with the least errors there are combined by weights, the inverse of the error to the power `sharpness`.
 * Intervals are the averaged quantiles, rescaled to the coverage they would have had at those origins.
 * `foldHorizon` is how far past forecasts reach; set it to the horizon that matters. Nothing after the series is seen.
 */
export const auto: CatalogueEntry = defineModel<CombinationState>({
  name: 'auto',
  family: 'combination',
  defaults: { foldHorizon: 14, folds: 3, best: 6, sharpness: 3 },
  validate(parameters) {
    validateFolds('auto', parameters);
    requireWhole('auto', parameters, 'best', 1, 100);
    if (!(Number(parameters['sharpness']) >= 0)) refuse('auto', 'parameter sharpness must not be negative');
  },
  minObservations: () => 2,
  estimate(data, parameters, options) {
    return chooseMembers(data, parameters, options) ?? lastValue(data, options);
  },
  ...common('auto'),
});

function chooseMembers(data: TrainingData, parameters: ModelParameters, options: FitOptions): CombinationState | null {
  const past = pastOrigins(data.y.length, Number(parameters['foldHorizon']), Number(parameters['folds']));
  if (past.origins.length === 0) return null;
  const members = automaticMembers(data.season);
  const ranked = [...pastForecasts(data, members, past, options)].sort((a, b) => a.error - b.error);
  const best = ranked.slice(0, Number(parameters['best']));
  return settle(data, best, 'weighted', Number(parameters['sharpness']), past, options);
}

/** Fits the chosen on the whole series and rescales their combination by what it would have forecast before. */
function settle(
  data: TrainingData,
  chosen: readonly PastForecasts[],
  rule: CombinationRule,
  sharpness: number,
  past: { readonly horizon: number; readonly origins: readonly number[] },
  options: FitOptions,
): CombinationState | null {
  const least = Math.max(Math.min(...chosen.map(({ error }) => error)), Number.MIN_VALUE);
  const fitted = chosen.flatMap(({ member, forecasts, error }) => {
    const one = attempt(() => {
      const model = createMember(member).fit(data, options);
      model.forecast(past.horizon);
      return model;
    });
    // Relative to the least one: an error of zero, on a series that never changes, must not make the weight infinite.
    const weight = (least / Math.max(error, least)) ** sharpness;
    return one === null ? [] : [{ fitted: one, weight, forecasts }];
  });
  if (fitted.length === 0) return null;
  const weights = fitted.map(({ weight }) => weight);
  const combined = past.origins.map((_, k) =>
    combineForecasts(
      fitted.map(({ forecasts }) => forecasts[k]!),
      weights,
      rule,
    ),
  );
  const members = fitted.map(({ fitted: one, weight }) => ({ fitted: one, weight }));
  return { members, rule, widening: pastWidening(data.y, combined, past) };
}

function combination(name: string, rule: CombinationRule, members: string): CatalogueEntry {
  return defineModel<CombinationState>({
    name,
    family: 'combination',
    defaults: { members, foldHorizon: 14, folds: 3 },
    validate(parameters) {
      validateFolds(name, parameters);
      namedMembers(name, String(parameters['members']));
    },
    minObservations: () => 8,
    estimate(data, parameters, options) {
      const past = pastOrigins(data.y.length, Number(parameters['foldHorizon']), Number(parameters['folds']));
      const members = namedMembers(name, String(parameters['members']));
      const known = pastForecasts(data, members, past, options);
      const state = settle(data, known, rule, 2, past, options);
      return state ?? refuse(name, 'none of its members can do this series', { members: parameters['members'] });
    },
    ...common(name),
  });
}

/** What all combinations share: a state is its members' states. */
function common(name: string) {
  return {
    advance: (state: CombinationState, data: TrainingData): CombinationState => ({
      ...state,
      members: state.members.map(({ fitted, weight }) => ({ fitted: fitted.update(data), weight })),
    }),
    predict({ members, rule, widening }: CombinationState, horizon: number): Forecast {
      const forecasts = members.map(({ fitted }) => fitted.forecast(horizon));
      const weights = members.map(({ weight }) => weight);
      return widen(combineForecasts(forecasts, weights, rule), widening);
    },
    encode: (state: CombinationState) => ({
      ...state,
      members: state.members.map(({ fitted, weight }) => ({ fitted: fitted.artefact(), weight })),
    }),
    decode(encoded: unknown): CombinationState {
      const state = encoded as Omit<CombinationState, 'members'> & {
        members: { fitted: ModelArtefact; weight: number }[];
      };
      if (state.members.length === 0) refuse(name, 'a combination has members');
      const members = state.members.map(({ fitted, weight }) => ({ fitted: restoreMember(fitted), weight }));
      return { ...state, members };
    },
  };
}

/** A series too short for any past origin says only its last value. */
function lastValue(data: TrainingData, options: FitOptions): CombinationState {
  const fitted = createMember({ model: 'naive', parameters: {} }).fit(data, options);
  return { members: [{ fitted, weight: 1 }], rule: 'weighted', widening: [1, 1, 1, 1] };
}

function validateFolds(name: string, parameters: ModelParameters): void {
  requireWhole(name, parameters, 'foldHorizon', 1, 10_000);
  requireWhole(name, parameters, 'folds', 1, 100);
}
