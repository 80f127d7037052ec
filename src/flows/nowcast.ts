import { createHash } from 'node:crypto';
import { type MarketOrigin, marketSeries } from '../backtest/market-origins.ts';
import { defaultSettings } from '../backtest/settings.ts';
import { nextQuoteDates, setDayOf } from '../domain/calendar/calendar.ts';
import { assert, PlatformError } from '../domain/errors.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import { createMarket, type Market } from '../domain/market.ts';
import type { OriginFeatures } from '../domain/market-features.ts';
import type { Metal } from '../domain/metal.ts';
import { type Instant, moscowClock, moscowDate } from '../domain/moscow-time.ts';
import { publicationRules, publishedAt } from '../domain/publication.ts';
import { createModel } from '../models/catalogue.ts';
import type { Clock } from '../ports/clock.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Nowcast, NowcastStore } from '../ports/nowcast.ts';
import type { ForecastStore, MarketReader } from '../ports/warehouse.ts';
import { goldLegNow, roubleLegNow } from './nowcast-legs.ts';

export interface NowcastRequest {
  readonly metal: Metal;
  readonly seed: number;
}

export interface NowcastPorts {
  readonly market: MarketReader;
  readonly forecasts: Pick<ForecastStore, 'latestVintage'>;
  readonly nowcasts: NowcastStore;
  readonly clock: Clock;
  readonly step: StepContext;
  readonly simulated: boolean;
}

export interface NowcastReport extends Nowcast {
  readonly result: 'created' | 'exists';
  /** What it comes to, as a sentence. */
  readonly summary: string;
}

/**
 * What of the next price is already fixed, its distribution, and when the rest will be known. With drivers, or once the
 * rate is set, by the formula (`parity`); before, the champion's forecast, and where there is none the last price. The rule is checked
 * against the newest official price: an alarm is a note, a failed check for the System page, and part of the answer.
 * Throws NOT_READY when there is no quote yet.
 */
export async function nowcast(request: NowcastRequest, ports: NowcastPorts): Promise<NowcastReport> {
  const { metal } = request;
  const market = createMarket(await ports.market.readMarket(metal));
  const origin = originNow(market, metal, ports.clock.now());
  const made = await describe(request, market, origin, ports);
  const result = await ports.nowcasts.saveNowcast(made);
  await ports.nowcasts.recordRule(metal, made.rule, made.alarm);
  if (made.alarm !== null) ports.step.note(`ALARM: ${made.alarm}`, { rule: made.rule });
  const summary = summaryOf(made);
  ports.step.note(summary, { nowcastId: made.nowcastId, result });
  ports.step.rows(market.quoteDates.length, result === 'created' ? 1 : 0);
  return { ...made, result, summary };
}

/** Now, with the last quote that is known now. */
function originNow(market: Market, metal: Metal, at: Instant): MarketOrigin {
  const view = market.asOf(at);
  const cutoff = market.quoteDates.findLast((date) => view.quote(date) !== null);
  if (cutoff !== undefined) return { at, cutoff };
  throw new PlatformError('NOT_READY', `There are no quotes of ${metal} yet.`, {
    context: { metal, at },
    hint: 'Run `assay sync` and `assay transform` first.',
  });
}

async function describe(
  { metal, seed }: NowcastRequest,
  market: Market,
  origin: MarketOrigin,
  ports: NowcastPorts,
): Promise<Nowcast> {
  const { at, cutoff } = origin;
  const [next] = nextQuoteDates(cutoff, 1);
  assert(next !== undefined, 'there is always a next quote date');
  const series = marketSeries(market, clockOf(at, cutoff, next.date), origin);
  const features = series.features.get(cutoff);
  assert(features !== undefined, 'the cutoff is one of the quote dates');
  const view = market.asOf(at);
  const drivers = driversOf(market);
  const [nextRate] = features.usd;
  const knowsNothing = drivers.length === 0 && (nextRate === undefined || Number.isNaN(nextRate));
  const champion = knowsNothing ? await championsForecast(metal, cutoff, ports) : null;
  const data = series.trainingAt(origin, defaultSettings.season);
  const forecast = champion ?? ownForecast(data, seed);
  const last = data.y.at(-1);
  assert(last !== undefined, 'the cutoff has a price');
  const gold = goldLegNow(next.date, at, features, view);
  const rouble = roubleLegNow(next.date, cutoff, view);
  return {
    nowcastId: nowcastIdOf(metal, cutoff, features, forecast),
    metal,
    madeAt: at,
    cutoff,
    lastRubPerGram: last,
    targetDate: next.date,
    priceExpectedAt: publishedAt(publicationRules.metals, next.date),
    drivers,
    rule: features.rule,
    alarm: alarmOf(features),
    gold,
    rouble,
    isFixed: forecast.model === 'parity' && gold.state === 'fixed' && rouble.state === 'fixed',
    ...forecast,
    simulated: ports.simulated,
  };
}

type OneForecast = Pick<Nowcast, 'model' | 'meanRubPerGram' | 'medianRubPerGram' | 'quantilesRubPerGram'>;

/** The time of day at which past origins stand, so that they knew what is known now. */
function clockOf(at: Instant, cutoff: IsoDate, target: IsoDate): string {
  const [today, clock] = [moscowDate(at), moscowClock(at)];
  const hour = publicationRules.metals.time;
  if (today <= setDayOf(cutoff)) return [clock, hour].toSorted().at(-1) ?? hour;
  if (today < setDayOf(target)) return '23:59';
  // On the day of setting and after it the price is still to come: past origins stand before it came, too.
  return today === setDayOf(target) && clock < hour ? clock : '16:29';
}

function ownForecast(data: Parameters<ReturnType<typeof createModel>['fit']>[0], seed: number): OneForecast {
  const { mean, quantiles } = createModel('parity').fit(data, { seed }).forecast(1);
  const figure = (values: Float64Array | undefined) => {
    const value = values?.[0];
    assert(value !== undefined && Number.isFinite(value), 'a forecast of one quote has its figures');
    return value;
  };
  return {
    model: 'parity',
    meanRubPerGram: figure(mean),
    medianRubPerGram: figure(quantiles[quantileLevels.indexOf(0.5)]),
    quantilesRubPerGram: Object.fromEntries(
      quantileLevels.map((level, row) => [String(level), figure(quantiles[row])]),
    ),
  };
}

/** The first point of the champion's newest forecast, if it is for the next price. */
async function championsForecast(
  metal: Metal,
  cutoff: IsoDate,
  { forecasts }: NowcastPorts,
): Promise<OneForecast | null> {
  const vintage = await forecasts.latestVintage(metal);
  const point = vintage?.cutoff === cutoff ? vintage.points[0] : undefined;
  if (vintage === null || point === undefined) return null;
  const { meanRubPerGram, medianRubPerGram, quantilesRubPerGram } = point;
  return { model: vintage.modelName, meanRubPerGram, medianRubPerGram, quantilesRubPerGram };
}

function driversOf({ history }: Market): string[] {
  return [
    ...(history.londonMorning.length + history.londonEvening.length === 0 ? [] : ['london']),
    ...(history.exchangeCloses.length === 0 ? [] : ['exchange']),
  ];
}

function alarmOf({ rule }: OriginFeatures): string | null {
  if (rule.holds) return null;
  const count = rule.unexplained === 1 ? 'The newest official price' : `The newest ${rule.unexplained} official prices`;
  const before = rule.regime === null ? '' : ` Before, rule ${rule.regime} held.`;
  return `${count}, up to ${rule.checked}, cannot be reproduced from London's prices and the official dollar rate: the Bank may have changed its rule.${before}`;
}

function nowcastIdOf(metal: Metal, cutoff: IsoDate, features: OriginFeatures, forecast: OneForecast): string {
  const { at: _at, gold, usd, ...known } = features;
  const content = JSON.stringify({ ...known, gold: Array.from(gold), usd: Array.from(usd), forecast });
  return `${metal}-${cutoff}-${createHash('sha256').update(content).digest('hex').slice(0, 16)}`;
}

function summaryOf(made: Nowcast): string {
  const { targetDate, gold, rouble } = made;
  const price = `${made.metal} for ${targetDate}: ${made.meanRubPerGram.toFixed(2)} RUB/g`;
  const rate = rouble.state === 'fixed' ? `the rate is set at ${rouble.rubPerUsd}` : 'the rate is not set yet';
  if (made.drivers.length === 0) return `${price} by ${made.model}; ${rate}, and no driver is configured for gold`;
  if (made.isFixed) return `${price}, fixed: both legs of the formula are known`;
  const legs = [gold.state === 'fixed' ? `gold is fixed at ${gold.usdPerOunce} USD/oz` : 'gold is not fixed yet', rate];
  return `${price}; ${legs.join(', ')}`;
}
