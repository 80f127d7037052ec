import type { FittedForecaster, Forecaster, ModelArtefact, ModelParameters } from '../domain/forecaster.ts';
import { arima } from './arima.ts';
import { autoregression } from './autoregression.ts';
import { ces } from './ces.ts';
import { type CatalogueEntry, refuse } from './define-model.ts';
import { ets } from './ets.ts';
import { naive } from './naive.ts';
import { seasonalNaive } from './seasonal-naive.ts';
import { seasonallyAdjusted } from './seasonally-adjusted.ts';
import { theta } from './theta.ts';

/** A member of a combination: a catalogue model with the parameters that differ from its defaults. */
export interface MemberSpec {
  readonly model: string;
  readonly parameters: ModelParameters;
}

const entries: readonly CatalogueEntry[] = [
  naive,
  seasonalNaive,
  theta,
  ets,
  arima,
  ces,
  autoregression,
  seasonallyAdjusted,
];

export function createMember({ model, parameters }: MemberSpec): Forecaster {
  return entryOf(model).create(parameters);
}

export function restoreMember(artefact: ModelArtefact): FittedForecaster {
  return entryOf(artefact.model).restore(artefact);
}

/** Names that may stand in a combination's `members`. */
export const memberNames: readonly string[] = entries.map((entry) => entry.name);

/** Members named with commas, with their own defaults. INPUT_INVALID for an unknown name. */
export function namedMembers(combination: string, text: string): readonly MemberSpec[] {
  return [...new Set(text.split(',').map((name) => name.trim()))].map((name) => {
    if (!memberNames.includes(name)) {
      refuse(combination, `there is no member ${name}`, { name }, `Members: ${memberNames.join(', ')}.`);
    }
    return { model: name, parameters: {} };
  });
}

/**
 * What `auto` tries on a series: models without a season, with the season, and with the longer season that usually
 * goes with it (`companionPeriod`). Those that a series is too short for drop out by themselves.
 */
export function automaticMembers(season: number): readonly MemberSpec[] {
  const long = companionPeriod(season);
  return [
    { model: 'naive', parameters: {} },
    { model: 'theta', parameters: {} },
    autoregressive('1,2,3,4', { difference: 1 }),
    autoregressive('1,2,3,4,5,6,7,8,9,10,11,12', { difference: 1 }),
    ...(season === 1
      ? [
          { model: 'ets', parameters: {} },
          { model: 'ces', parameters: {} },
        ]
      : wholeSeason(season)),
    ...(long === null ? [] : Number.isInteger(long) ? longSeason(season, long) : yearly(long)),
  ];
}

/**
 * The longer season that goes with a season of so many observations: the week of hourly and finer data, the year of
 * daily data; the year of weekly data, which panels mark as having a season of 1 because 52.18 is no whole number.
 */
export function companionPeriod(season: number): number | null {
  if (season === 1) return 365.25 / 7;
  if (season === 7) return 365.25;
  return [24, 48, 96, 144, 288].includes(season) ? 7 * season : null;
}

function wholeSeason(m: number): readonly MemberSpec[] {
  const waves = Math.floor((m - 1) / 2);
  return [
    { model: 'seasonal-naive', parameters: {} },
    ...(['naive', 'theta', 'ets'] as const).map((inner) => adjusted({ inner })),
    adjusted({ inner: 'theta', scale: 'level' }),
    autoregressive(lagList([1, 2, 3, m - 1, m, m + 1, 2 * m]), { difference: 0 }),
    autoregressive(lagList([1, 2, 3, m - 1, m, m + 1]), { difference: 1 }),
    autoregressive(lagList([1, 2, 3, m]), { difference: m }),
    ...(waves > 0 ? [autoregressive(lagList([1, 2, 3, m]), { difference: 1, waves: Math.min(12, waves) })] : []),
  ];
}

function longSeason(m: number, long: number): readonly MemberSpec[] {
  const days = Array.from({ length: Math.round(long / m) - 2 }, (_, day) => m * (day + 2));
  const near = [1, 2, 3, m - 1, m, m + 1, 2 * m, long - 1, long, long + 1];
  const full = [...Array.from({ length: m + 2 }, (_, lag) => lag + 1), ...days, long - 1, long, long + 1];
  return [
    ...(['naive', 'theta'] as const).map((inner) => adjusted({ inner, secondPeriod: long })),
    adjusted({ inner: 'theta', secondPeriod: long, scale: 'level' }),
    autoregressive(lagList(near), { difference: 0 }),
    autoregressive(lagList(near), { difference: 0, scale: 'level' }),
    autoregressive(lagList(full), { difference: 0, ridge: 0.003 }),
    autoregressive(lagList(full), { difference: 1, ridge: 0.003 }),
    autoregressive(lagList([1, 2, 3, m]), {
      difference: 0,
      waves: Math.min(11, Math.floor((m - 1) / 2)),
      secondPeriod: long,
      secondWaves: 6,
      ridge: 0.003,
    }),
    autoregressive(lagList([1, 2, 3, 4, m - 1, m, m + 1, long - m, long]), { difference: m }),
    autoregressive(lagList([1, 2, 3, m, m + 1, 2 * m]), { difference: long }),
  ];
}

function yearly(period: number): readonly MemberSpec[] {
  const whole = Math.floor(period);
  const lags = '1,2,3,4,5,6,7,8,9,10,11,12';
  return [
    ...(['naive', 'theta', 'ets'] as const).map((inner) => adjusted({ inner, period, waves: 10 })),
    autoregressive('1,2,3,4', { difference: 1, period, waves: 6 }),
    autoregressive(lags, { difference: 1, period, waves: 8 }),
    autoregressive(lagList([1, 2, 3, 4, 5, 6, whole - 1, whole, whole + 1, 2 * whole]), { difference: 1 }),
  ];
}

function adjusted(parameters: ModelParameters): MemberSpec {
  return { model: 'seasonally-adjusted', parameters };
}

function autoregressive(lags: string, parameters: ModelParameters): MemberSpec {
  return { model: 'autoregression', parameters: { lags, ...parameters } };
}

function lagList(lags: readonly number[]): string {
  return [...new Set(lags.filter((lag) => lag > 0))].sort((a, b) => a - b).join(',');
}

function entryOf(name: string): CatalogueEntry {
  return entries.find((entry) => entry.name === name) ?? refuse('combination', `there is no member ${name}`, { name });
}
