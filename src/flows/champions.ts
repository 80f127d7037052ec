import { fewestObservations } from '../backtest/fold-plan.ts';
import { backtestSettings } from '../backtest/settings.ts';
import type { Metal } from '../domain/metal.ts';
import type { StepRunner } from '../ports/journal.ts';
import type { Tracking } from '../ports/tracking.ts';
import type { ForecastStore, SeriesReader } from '../ports/warehouse.ts';
import { servingVersion } from './model-registry.ts';
import { steps } from './steps.ts';
import { readTrainingSeries } from './training-series.ts';
import { type WatchReport, watch } from './watch.ts';

interface ChampionPorts {
  readonly series: SeriesReader;
  readonly forecasts: ForecastStore;
  readonly tracking: Tracking;
}

export interface ChosenMetals {
  readonly train: readonly Metal[];
  readonly forecast: readonly Metal[];
}

/**
 * Which of the metals asked for to train and to forecast. With `isIfNeeded` only those nobody forecasts yet are
 * trained: on every weekday a new choice would follow noise. A metal whose history has a hole too near its end is left
 * out with a remark, unless it is the only one: then its training says what is missing.
 */
export async function chooseMetals(
  asked: readonly Metal[],
  isIfNeeded: boolean,
  runner: StepRunner,
  ports: ChampionPorts,
): Promise<ChosenMetals> {
  const needed = fewestObservations(backtestSettings());
  return runner.step(steps.chooseMetals, async (step) => {
    const chosen = { train: [] as Metal[], forecast: [] as Metal[] };
    for (const metal of asked) {
      const quotes = (await readTrainingSeries(metal, ports.series)).values.length;
      const isServed = (await servingVersion(ports.tracking, metal)) !== null;
      const isComparable = quotes >= needed || asked.length === 1;
      if (!isComparable) {
        step.note(
          `${metal}: ${quotes} quotes since the last hole in its history; ${needed} are needed to compare models`,
        );
      }
      if (isComparable && !(isServed && isIfNeeded)) chosen.train.push(metal);
      if (isComparable || isServed) chosen.forecast.push(metal);
    }
    return chosen;
  });
}

/** The champions that are not trained anyway, by their live scores; one that degrades is due for a tournament now. */
export async function watchChampions(
  chosen: ChosenMetals,
  runner: StepRunner,
  ports: ChampionPorts,
): Promise<{ watched: readonly WatchReport[]; due: readonly Metal[] }> {
  const { forecasts, tracking } = ports;
  const rest = chosen.forecast.filter((metal) => !chosen.train.includes(metal));
  if (rest.length === 0) return { watched: [], due: [] };
  const watched = await runner.step(steps.watchChampions, async (step) => {
    const reports: WatchReport[] = [];
    for (const metal of rest) reports.push(await watch({ metal }, { forecasts, tracking, step }));
    return reports;
  });
  return { watched, due: watched.filter(({ alarm }) => alarm !== null).map(({ metal }) => metal) };
}
