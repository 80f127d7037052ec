import type {
  FitOptions,
  FittedForecaster,
  Forecast,
  ModelArtefact,
  ModelParameters,
  TrainingData,
} from '../domain/forecaster.ts';
import { mean } from '../stats/moments.ts';
import {
  attempt,
  FEWEST_WITH_PAST,
  type PastForecasts,
  pastForecasts,
  pastOrigins,
  pastWidening,
} from './combination-folds.ts';
import { automaticMembers, createMember, type MemberSpec, namedMembers, restoreMember } from './combination-members.ts';
import { type CombinationRule, combineForecasts, type Widening, widen } from './combination-rules.ts';
import { type CatalogueEntry, defineModel, refuse, requireWhole } from './define-model.ts';

interface CombinationState {
  readonly members: readonly { readonly fitted: FittedForecaster; readonly weight: number }[];
  readonly rule: CombinationRule;
  readonly widening: Widening;
}

/** The median of its members, level by level: what did best for its simplicity in M4 (Petropoulos & Svetunkov 2020). */
export const medianCombination: CatalogueEntry = combination('median-combination', 'median', 'ets,arima,theta,ces');

/**
 * The mean of its members, level by level, without the lowest and highest fifth (Jose & Winkler 2008: trimming guards
 * the mean against a member gone astray).
 */
export const trimmedCombination: CatalogueEntry = combination(
  'trimmed-combination',
  'trimmed',
  'naive,theta,ets,ces,autoregression',
);

/** Its members weighted by the inverse square of their errors from past origins (Bates & Granger 1969). */
export const weightedCombination: CatalogueEntry = combination(
  'weighted-combination',
  'weighted',
  'theta,ets,ces,autoregression',
);

/**
 * Chosen and combined from the series alone (in the manner of Pawlikowski & Chorowska 2020): every member of `automaticMembers` forecasts from `folds` past origins, and
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
    const recipe: Recipe = {
      rule: 'weighted',
      best: Number(parameters['best']),
      sharpness: Number(parameters['sharpness']),
    };
    // Without a past origin there is nothing to choose by.
    if (data.y.length < FEWEST_WITH_PAST) return lastValue(data, options);
    return (
      combineFromPast(data, automaticMembers(data.season), recipe, parameters, options) ?? lastValue(data, options)
    );
  },
  ...common('auto'),
});

/**
 * Members fitted on this share of the series are carried on to its end instead of being fitted again: the estimates would
 * hardly move, and fits are what takes the time.
 */
const FRESH = 0.9;

/** How many of the members are combined, by which rule, and how much a smaller error counts for. */
interface Recipe {
  readonly rule: CombinationRule;
  readonly best: number;
  readonly sharpness: number;
}

/** Members and weights from errors at past origins; null when no member can do the series. */
function combineFromPast(
  data: TrainingData,
  members: readonly MemberSpec[],
  recipe: Recipe,
  parameters: ModelParameters,
  options: FitOptions,
): CombinationState | null {
  const past = pastOrigins(data.y.length, Number(parameters['foldHorizon']), Number(parameters['folds']));
  const known = pastForecasts(data, members, past, options);
  const isFresh = (past.origins[0] ?? 0) >= FRESH * data.y.length;
  const chosen = choose(known, recipe, null).flatMap(({ from, weight }) => {
    const fitted = attempt(() => {
      const model = isFresh ? from.fitted?.update(data) : undefined;
      const whole = model ?? createMember(from.member).fit(data, options);
      whole.forecast(past.horizon);
      return whole;
    });
    return fitted === null ? [] : [{ fitted, weight }];
  });
  if (chosen.length === 0) return null;
  // Each origin is combined by what the others chose, or the intervals would be those of a choice made with hindsight.
  const combined = past.origins.map((_, k) => {
    const others = choose(known, recipe, k);
    return combineForecasts(
      others.map(({ from }) => from.forecasts[k]!),
      others.map(({ weight }) => weight),
      recipe.rule,
    );
  });
  return { members: chosen, rule: recipe.rule, widening: pastWidening(data.y, combined, past) };
}

/** The best by their errors with their weights; one origin may be left out, unless it is the only one. */
function choose(
  known: readonly PastForecasts[],
  { best, sharpness }: Recipe,
  leftOut: number | null,
): readonly { readonly from: PastForecasts; readonly weight: number }[] {
  const ranked = known
    .map((from) => {
      const errors = from.errors.filter((_, k) => k !== leftOut || from.errors.length === 1);
      return { from, error: errors.length === 0 ? 0 : mean(errors) };
    })
    .sort((a, b) => a.error - b.error)
    .slice(0, best);
  // Relative to the least one: an error of zero, on a series that never changes, must not make the weight infinite.
  const least = Math.max(ranked[0]?.error ?? 0, Number.MIN_VALUE);
  return ranked.map(({ from, error }) => ({ from, weight: (least / Math.max(error, least)) ** sharpness }));
}

/**
 * Each member forecasts from `folds` past origins as well as from the end. The combined quantiles, level by level, are
 * widened or narrowed to the coverage they would have had at those origins, each combined by what the others chose; so the
 * distribution is that of the members, rescaled. Nothing after the series is seen. A member that cannot do the series is
 * left out; INPUT_INVALID when none can.
 */
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
      const all = namedMembers(name, String(parameters['members']));
      const recipe: Recipe = { rule, best: all.length, sharpness: 2 };
      const state = combineFromPast(data, all, recipe, parameters, options);
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
