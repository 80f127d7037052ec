import { PlatformError } from '../domain/errors.ts';
import {
  type FitOptions,
  type FittedForecaster,
  type Forecast,
  quantileLevels,
  type TrainingData,
} from '../domain/forecaster.ts';
import { mean } from '../stats/moments.ts';
import { sampleQuantile, sortedCopy } from '../stats/quantiles.ts';
import { createMember, type MemberSpec } from './combination-members.ts';
import { reachOf, type Widening } from './combination-rules.ts';

/** What one member forecast from each past origin: `forecasts[k]` goes with `origins[k]`. */
export interface PastForecasts {
  readonly member: MemberSpec;
  readonly forecasts: readonly Forecast[];
  /** The member as it stood at the last origin; null without any. */
  readonly fitted: FittedForecaster | null;
  /** `errors[k]`: mean absolute error of the medians over the horizons of origin k. */
  readonly errors: readonly number[];
}

export interface PastOrigins {
  readonly horizon: number;
  /** Observations before each origin, ascending. */
  readonly origins: readonly number[];
}

/** On less than this there is no past to look at. */
export const FEWEST_WITH_PAST = 12;

const MIDDLE = quantileLevels.indexOf(0.5);

/**
 * Origins inside the training part, a horizon apart, the last one a horizon before its end; the first leaves at least
 * half of the series. A horizon too long for two origins is halved until it fits; none on less than `FEWEST_WITH_PAST`.
 */
export function pastOrigins(observations: number, horizon: number, count: number): PastOrigins {
  let reach = horizon;
  while (reach > 1 && observations - 2 * reach < Math.max(8, observations / 2)) reach = Math.ceil(reach / 2);
  const origins: number[] = [];
  for (let k = count; k >= 1; k--) {
    const origin = observations - k * reach;
    if (origin >= Math.max(8, observations / 2)) origins.push(origin);
  }
  return { horizon: reach, origins: observations < FEWEST_WITH_PAST ? [] : origins };
}

/**
 * Members' forecasts from past origins. Each is fitted once, on what was before the first origin, and only its state
 * moves after, so no forecast sees what it is compared with. Members that cannot do the series are left out.
 */
export function pastForecasts(
  data: TrainingData,
  members: readonly MemberSpec[],
  { horizon, origins }: PastOrigins,
  options: FitOptions,
): readonly PastForecasts[] {
  return members.flatMap((member) => {
    const past = attempt(() => {
      let fitted: FittedForecaster | null = null;
      const forecasts = origins.map((origin) => {
        const known = { y: data.y.slice(0, origin), season: data.season };
        fitted = fitted === null ? createMember(member).fit(known, options) : fitted.update(known);
        return fitted.forecast(horizon);
      });
      return { forecasts, fitted };
    });
    if (past === null) return [];
    const errors = past.forecasts.map((forecast, k) => meanError(data.y, forecast, origins[k]!, horizon));
    return [{ member, ...past, errors }];
  });
}

/** The member's answer, or null when it refuses the data; anything else that is thrown is a bug and goes on. */
export function attempt<Result>(work: () => Result): Result | null {
  try {
    return work();
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'INPUT_INVALID') return null;
    throw error;
  }
}

/**
 * Factors that would have given each central interval its coverage over past forecasts, drawn towards 1 the fewer there
 * are (errors of one origin go together, so each counts for little), within [1/2, 3].
 */
export function pastWidening(y: Float64Array, forecasts: readonly Forecast[], past: PastOrigins): Widening {
  const reaches = forecasts.flatMap((forecast, k) =>
    Array.from({ length: past.horizon }, (_, h) => reachOf(forecast, h, y[past.origins[k]! + h]!)),
  );
  const logs = quantileLevels.slice(0, MIDDLE).map((level, index) => {
    const sorted = sortedCopy(reaches.map((reach) => reach[index]!).filter((reach) => !Number.isNaN(reach)));
    if (sorted.length === 0) return 0;
    const trust = sorted.length / (sorted.length + 15);
    return trust * Math.log(Math.max(1e-3, sampleQuantile(sorted, 1 - 2 * level)));
  });
  // The far tails of so few errors are mostly chance: each level goes half of the way with the others.
  const together = mean(logs);
  return logs.map((log) => Math.min(3, Math.max(0.5, Math.exp((log + together) / 2))));
}

function meanError(y: Float64Array, forecast: Forecast, origin: number, horizon: number): number {
  let sum = 0;
  for (let h = 0; h < horizon; h++) sum += Math.abs(y[origin + h]! - forecast.quantiles[MIDDLE]![h]!);
  return sum / horizon;
}
