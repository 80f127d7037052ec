import { evaluateAtOrigins } from '../backtest/market-backtest.ts';
import { type MarketOrigin, type MarketSeries, marketSeries, originsAt } from '../backtest/market-origins.ts';
import { pickFolds } from '../backtest/rolling-origin.ts';
import { defaultSettings } from '../backtest/settings.ts';
import { nextQuoteDates } from '../domain/calendar/calendar.ts';
import { PlatformError } from '../domain/errors.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import type { DateRange } from '../domain/iso-date.ts';
import { createMarket, type Market, withoutDrivers } from '../domain/market.ts';
import type { Metal } from '../domain/metal.ts';
import { createModel } from '../models/catalogue.ts';
import type { MarketReader } from '../ports/warehouse.ts';
import { type BacktestRow, type ModelSummary, summarise } from './backtest-summary.ts';

export interface BacktestRequest {
  readonly metal: Metal;
  /** Cutoffs of the first and the last origin. */
  readonly range: DateRange;
  /** Catalogue names. */
  readonly models: readonly string[];
  /** `none`: the Bank's own prices and rates alone. */
  readonly drivers: 'all' | 'none';
  /** Moscow time of day, `HH:MM`, at which each origin stands. */
  readonly clock: string;
  /** Quotes ahead. */
  readonly horizon: number;
  readonly seed: number;
}

export interface BacktestPorts {
  readonly market: MarketReader;
  /** Told what is being done, for people. */
  readonly note: (message: string) => void;
}

export interface BacktestReport {
  readonly metal: Metal;
  readonly drivers: 'all' | 'none';
  /** Whether London's prices and the exchange's closes were there to be used. */
  readonly driversFound: { readonly london: boolean; readonly exchange: boolean };
  readonly clock: string;
  readonly origins: number;
  readonly models: readonly ModelSummary[];
  readonly rows: readonly BacktestRow[];
}

/** Origins before the first, so that intervals rest on past errors from the start on; `parity` makes its own. */
const warmUp = defaultSettings.residualMemory + defaultSettings.horizon;

/**
 * Forecasts every quote of a range from everything as known at each origin, and compares them with what came.
 * Throws NOT_FOUND when no origin lies in the range, INPUT_INVALID for an unknown model.
 */
export async function backtest(request: BacktestRequest, ports: BacktestPorts): Promise<BacktestReport> {
  const { metal, range, clock, drivers } = request;
  const history = await ports.market.readMarket(metal);
  const market = createMarket(drivers === 'none' ? withoutDrivers(history) : history);
  const all = originsAt(market, clock).filter(({ cutoff }) => cutoff <= range.to);
  const first = all.findIndex(({ cutoff }) => cutoff >= range.from);
  if (first < 0) throw noOrigins(request, market);
  const origins = all.slice(first);
  const series = marketSeries(market, clock);
  const rows: BacktestRow[] = [];
  const models: ModelSummary[] = [];
  for (const name of request.models) {
    ports.note(`${name}: ${origins.length} origins at ${clock}`);
    const { own, failures } = evaluate(name, all.slice(Math.max(0, first - warmUp)), origins, series, request);
    const forecasts = rowsOf(name, own, origins, market, series, request.horizon);
    for (const row of forecasts) rows.push(row);
    models.push(summarise(name, forecasts, failures, request.horizon));
  }
  const driversFound = {
    london: market.history.londonEvening.length > 0,
    exchange: market.history.exchangeCloses.length > 0,
  };
  return { metal, drivers, driversFound, clock, origins: origins.length, models, rows };
}

function evaluate(
  name: string,
  withWarmUp: readonly MarketOrigin[],
  origins: readonly MarketOrigin[],
  series: MarketSeries,
  { horizon, seed }: BacktestRequest,
) {
  const model = createModel(name);
  const hasOwnIntervals = name === 'parity';
  const { season, refitEvery, residualMemory } = defaultSettings;
  const folds = evaluateAtOrigins(model, hasOwnIntervals ? origins : withWarmUp, series, {
    horizon,
    season,
    refitEvery,
    seed,
    residualMemory: hasOwnIntervals ? null : residualMemory,
  });
  const own = pickFolds(folds, Array.from(folds.origins.slice(-origins.length)));
  return { own, failures: own.failures };
}

function rowsOf(
  model: string,
  { mean, quantiles, horizon: H }: ReturnType<typeof pickFolds>,
  origins: readonly MarketOrigin[],
  market: Market,
  series: MarketSeries,
  horizon: number,
): BacktestRow[] {
  const facts = new Map(market.history.quotes.map(({ date, value }) => [date, value]));
  return origins.flatMap(({ at, cutoff }, row) => {
    const naive = market.asOf(at).quote(cutoff) ?? series.firstKnown.get(cutoff) ?? Number.NaN;
    return nextQuoteDates(cutoff, horizon).map(({ date }, index): BacktestRow => {
      const spread = quantileLevels.map((_, level) => quantiles[(row * quantileLevels.length + level) * H + index]);
      return {
        model,
        originKnownAt: at,
        cutoff,
        targetDate: date,
        horizon: index + 1,
        mean: mean[row * H + index] ?? Number.NaN,
        quantiles: spread.map((value) => value ?? Number.NaN),
        naive,
        actual: facts.get(date) ?? null,
      };
    });
  });
}

function noOrigins({ metal, range }: BacktestRequest, market: Market): PlatformError {
  const [first, last] = [market.quoteDates.at(0), market.quoteDates.at(-1)];
  const there =
    first === undefined ? `There are no quotes of ${metal} yet` : `Quotes of ${metal} reach ${first} .. ${last}`;
  return new PlatformError('NOT_FOUND', `${there}: no origin lies in ${range.from} .. ${range.to}.`, {
    context: { metal, range },
    hint: first === undefined ? 'Run `assay sync` and `assay transform` first.' : 'Choose --from and --to among them.',
  });
}
