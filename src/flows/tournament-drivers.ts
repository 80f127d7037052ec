import { type DriverColumns, driverColumns } from '../backtest/driver-columns.ts';
import { createMarket } from '../domain/market.ts';
import type { PriceSeries } from '../domain/quote.ts';
import { createModel } from '../models/catalogue.ts';
import type { MarketReader } from '../ports/warehouse.ts';
import { sha256 } from './model-registry.ts';
import type { Entry } from './tournament-folds.ts';

/** Drivers for the models that read them, or why there are none. */
export type TournamentDrivers =
  | { readonly columns: DriverColumns; readonly hash: string }
  | { readonly columns: null; readonly reason: string };

/** Drivers as known at the origin of each quote of the series; none where London's prices are not collected. */
export async function readDrivers(series: PriceSeries, market: MarketReader): Promise<TournamentDrivers> {
  const history = await market.readMarket(series.metal);
  if (history.londonMorning.length + history.londonEvening.length === 0) {
    return { columns: null, reason: `no London prices of ${series.metal} are collected` };
  }
  const columns = driverColumns(series.dates, series.values, createMarket(history));
  const text = columns.legs.columns.map((column) => column.join(',')).join('\n');
  return { columns, hash: sha256(text) };
}

/** Entries that read drivers, beside the same models without: the formula itself, and learners of its moves. */
export function driverEntries(): Entry[] {
  return (
    [
      ['parity', 'legs'],
      ['ridge', 'moves'],
      ['gradient-boosting', 'moves'],
    ] as const
  ).map(([model, drivers]) => {
    const { parameters } = createModel(model);
    return { entry: `${model}-drivers`, model, parameters, drivers };
  });
}
