import type { TrainingData } from '../domain/forecaster.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import type { Market } from '../domain/market.ts';
import { featureColumns, featureNames, type OriginFeatures, originFeatures } from '../domain/market-features.ts';
import { gramsPerTroyOunce } from '../domain/metal.ts';
import { originInstant } from './market-origins.ts';

/** Which drivers a model reads: the legs of the Bank's formula as they are, or moves made of them, for learners. */
export type DriverKind = 'legs' | 'moves';

export type Regressors = NonNullable<TrainingData['regressors']>;

/** Regressors of every kind, column by column as long as the series. */
export type DriverColumns = Readonly<Record<DriverKind, Regressors>>;

/** Moscow time at which the origins of tournaments and published forecasts stand: the price has just been published. */
export const driverClock = '16:30';

/** Quotes looked back over to tell the regime, with room for what is missing. */
const lookBack = 40;

/**
 * The drivers of each quote as known at its own origin, on the day it was set, just after it was published: whatever
 * became known later, of drivers or of prices, changes no bit of its row. NaN where something is not known.
 *
 * `moves` are logarithms, so that they do not wander: `implied_move` from the price to what the newest London price and
 * rate make of the next one, `rate_move` from the rate of the price to the newest one, `rate_change` the last change of
 * the official rate, `close_ratio` from what the newest legs make to the close of the Moscow Exchange.
 */
export function driverColumns(dates: readonly IsoDate[], y: Float64Array, market: Market): DriverColumns {
  const features = dates.map((cutoff, place) => {
    const at = originInstant(cutoff, driverClock);
    return originFeatures(cutoff, at, dates.slice(Math.max(0, place + 1 - lookBack), place + 1), market.asOf(at));
  });
  return {
    legs: { names: featureNames, columns: featureColumns(features) },
    moves: { names: moveNames, columns: moveColumns(features, y) },
  };
}

const moveNames = ['implied_move', 'rate_move', 'rate_change', 'close_ratio'] as const;

function moveColumns(features: readonly OriginFeatures[], y: Float64Array): Float64Array[] {
  const columns = moveNames.map(() => new Float64Array(features.length).fill(Number.NaN));
  for (const [t, own] of features.entries()) {
    const rate = own.usd.findLast((value) => !Number.isNaN(value)) ?? own.usdLast;
    const [fixed = Number.NaN] = own.gold;
    const gold = Number.isNaN(fixed) ? own.goldLatest : fixed;
    const before = features[t - 1]?.usdLast ?? Number.NaN;
    const row = [
      Math.log((gold * rate) / gramsPerTroyOunce / (y[t] ?? Number.NaN)),
      Math.log(rate / own.usdLast),
      Math.log(own.usdLast / before),
      own.closeRatio,
    ];
    for (const [place, column] of columns.entries()) column[t] = row[place] ?? Number.NaN;
  }
  return columns;
}
