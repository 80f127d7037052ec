import type { CatalogueEntry } from './define-model.ts';
import { defineModel } from './define-model.ts';
import { advanceEts, chooseEts } from './ets-choice.ts';
import { type EtsState, etsForecast } from './ets-forecast.ts';
import type { EtsForm } from './ets-form.ts';
import {
  type AdjustmentKind,
  adjustSeason,
  chooseAdjustment,
  restoreSeason,
  validateAdjustment,
} from './seasonal-adjustment.ts';
import { chooseScale, toWorkingScale, validateScale } from './working-scale.ts';

/** A form of ETS fitted to a seasonally adjusted series. */
export interface SmoothingState {
  readonly scale: EtsState['scale'];
  readonly adjustment: AdjustmentKind;
  /** The season at horizons 1, 2, ...; empty without one. */
  readonly ahead: readonly number[];
  readonly smoothing: EtsState;
}

/**
 * A named method of exponential smoothing: one form with additive errors, fitted by maximum likelihood to the series,
 * seasonally adjusted first where a test finds a season (parameter `deseasonalise`), as the benchmarks of the M4
 * competition do (Makridakis, Spiliotis & Assimakopoulos 2020, section 2). Normal distributions on the working scale,
 * multiplied by the seasonal index. `update` keeps the parameters and takes the indices of the data it is given.
 * Scale equivariant; shift equivariant on `level` with `deseasonalise: none` or `additive`.
 */
export function defineSmoothing(name: string, form: EtsForm, minObservations: number): CatalogueEntry {
  return defineModel<SmoothingState>({
    name,
    family: 'smoothing',
    defaults: { deseasonalise: 'auto', scale: 'level' },
    validate(parameters) {
      validateScale(name, parameters);
      validateAdjustment(name, parameters);
    },
    minObservations: () => minObservations,
    estimate({ y, season }, parameters) {
      const scale = chooseScale(name, y, parameters);
      const adjustment = chooseAdjustment(name, y, season, parameters);
      const { adjusted, ahead } = adjustSeason(name, y, season, adjustment);
      const series = toWorkingScale(name, adjusted, scale);
      return { scale, adjustment, ahead, smoothing: chooseEts(name, series, season, [form], scale) };
    },
    advance(state, { y, season }) {
      const { adjusted, ahead } = adjustSeason(name, y, season, state.adjustment);
      const series = toWorkingScale(name, adjusted, state.scale);
      return { ...state, ahead, smoothing: advanceEts(name, state.smoothing, series) };
    },
    predict: (state, horizon) => restoreSeason(etsForecast(state.smoothing, horizon), state.ahead, state.adjustment),
  });
}
