import { type Alarm, watchChampion } from '../backtest/monitor.ts';
import type { Metal } from '../domain/metal.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Tracking } from '../ports/tracking.ts';
import type { ForecastStore } from '../ports/warehouse.ts';
import { experimentOf, servingVersion, tag } from './model-registry.ts';

export interface WatchPorts {
  readonly forecasts: ForecastStore;
  readonly tracking: Tracking;
  readonly step: StepContext;
}

/** How the champion of a metal has done since it serves; JSON, for the journal. */
export interface WatchReport {
  readonly metal: Metal;
  /** Null when nobody serves. */
  readonly version: number | null;
  readonly days: number;
  readonly relativeLoss: number | null;
  readonly coverage80: number | null;
  /** Raised by a fact newer than the last tournament: a reason to hold one now. Null when all is well or answered. */
  readonly alarm: Alarm | null;
}

/** Points of two years, of fourteen horizons each. */
const memory = 14 * 500;

/**
 * Looks at the live scores of the champion against naive's and decides whether a tournament is due. A tournament
 * answers every alarm up to its cutoff, whoever won it, so that one cause starts one tournament.
 */
export async function watch({ metal }: { readonly metal: Metal }, ports: WatchPorts): Promise<WatchReport> {
  const { forecasts, tracking, step } = ports;
  const serving = await servingVersion(tracking, metal);
  if (serving === null) {
    return { metal, version: null, days: 0, relativeLoss: null, coverage80: null, alarm: null };
  }
  const scored = await forecasts.scoredForecasts(metal, memory);
  const own = scored.filter(({ modelVersion }) => modelVersion === serving.version);
  const { days, relativeLoss, coverage80, alarms } = watchChampion(own);
  const judged = await newestCutoff(metal, tracking);
  const alarm = alarms.findLast(({ targetDate }) => judged === null || targetDate > judged) ?? null;
  step.rows(own.length, 0);
  step.note(alarm === null ? wellWords(metal, days, relativeLoss) : alarmWords(metal, alarm), {
    metal,
    version: serving.version,
    days,
    relativeLoss,
    coverage80,
    ...(alarm === null ? {} : { alarm }),
  });
  return { metal, version: serving.version, days, relativeLoss, coverage80, alarm };
}

/** Cutoff of the newest finished tournament, or null. */
async function newestCutoff(metal: Metal, tracking: Tracking): Promise<string | null> {
  const filter = `tags.\`${tag.role}\` = 'tournament' and attributes.status = 'FINISHED'`;
  const runs = await tracking.searchRuns(experimentOf(metal), filter, 1000);
  const cutoffs = runs.map((run) => run.tags['assay.cutoff'] ?? '').sort();
  return cutoffs.at(-1) ?? null;
}

function alarmWords(metal: Metal, { code, targetDate, days, statistic, threshold }: Alarm): string {
  const what =
    code === 'worse-than-naive'
      ? "its errors have outgrown those of today's price"
      : 'its 80% intervals miss more than they promise';
  const figures = `sum ${statistic.toFixed(2)} over ${threshold.toFixed(2)}`;
  return `The champion of ${metal} degrades: ${what}, for ${days} days up to ${targetDate} (${figures}). Train again.`;
}

function wellWords(metal: Metal, days: number, relativeLoss: number | null): string {
  if (relativeLoss === null) return `${metal}: no forecast of the champion has met its fact yet`;
  const share = `${relativeLoss > 0 ? '+' : ''}${(100 * relativeLoss).toFixed(1)}%`;
  return `${metal}: the champion's error against naive's is ${share} over ${days} days with facts; no alarm`;
}
