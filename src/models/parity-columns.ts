import type { TrainingData } from '../domain/forecaster.ts';

/** The regressors of `parity` by name; NaN throughout where a column is not given. */
export interface ParityColumns {
  readonly length: number;
  readonly usdLast: Float64Array;
  readonly goldLatest: Float64Array;
  readonly closeRatio: Float64Array;
  /** The London price of the h-th quote after origin t, NaN where it is not final. */
  gold(t: number, h: number): number;
  /** The official rate of the h-th quote after origin t, NaN where it is not set. */
  usd(t: number, h: number): number;
  /** The newest official rate known at origin t. */
  newestUsd(t: number): number;
  /** Quotes after origin t up to the last whose rate is set. */
  ratesKnown(t: number): number;
}

/** Reads the columns that `featureNames` of the domain names; columns of other names are passed over. */
export function parityColumns({ y, regressors }: TrainingData): ParityColumns {
  const unknown = new Float64Array(y.length).fill(Number.NaN);
  const named = (name: string) => regressors?.columns[regressors.names.indexOf(name)];
  const ahead = (leg: string) => {
    const found: Float64Array[] = [];
    for (let column = named(`${leg}_1`); column !== undefined; column = named(`${leg}_${found.length + 1}`))
      found.push(column);
    return found;
  };
  const [gold, usd] = [ahead('gold'), ahead('usd')];
  const usdLast = named('usd_last') ?? unknown;
  const ratesKnown = (t: number) => usd.findLastIndex((column) => !Number.isNaN(column[t]!)) + 1;
  return {
    length: y.length,
    usdLast,
    goldLatest: named('gold_latest') ?? unknown,
    closeRatio: named('close_ratio') ?? unknown,
    gold: (t, h) => gold[h - 1]?.[t] ?? Number.NaN,
    usd: (t, h) => usd[h - 1]?.[t] ?? Number.NaN,
    newestUsd: (t) => usd[ratesKnown(t) - 1]?.[t] ?? usdLast[t]!,
    ratesKnown,
  };
}
