import { type FoldPlan, planFolds } from '../backtest/fold-plan.ts';
import { defaultRules, type PromotionRules } from '../backtest/promotion.ts';
import { type BacktestSettings, backtestSettings } from '../backtest/settings.ts';
import { PlatformError } from '../domain/errors.ts';
import type { IsoDate } from '../domain/iso-date.ts';
import type { Metal } from '../domain/metal.ts';
import type { PriceSeries } from '../domain/quote.ts';
import type { Compute } from '../ports/compute.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Tracking } from '../ports/tracking.ts';
import type { MarketReader, SeriesReader } from '../ports/warehouse.ts';
import { driversOf, servingVersion, sha256, tag } from './model-registry.ts';
import { driverEntries, readDrivers, type TournamentDrivers } from './tournament-drivers.ts';
import { entriesOf } from './tournament-entries.ts';
import type { Entry } from './tournament-folds.ts';
import type { TournamentIdentity } from './tournament-runs.ts';
import { readTrainingSeries } from './training-series.ts';

export interface ProtocolRequest {
  readonly metal: Metal;
  /** Names or references (`entriesOf`); the whole catalogue by default. Naive and the champion always take part. */
  readonly models?: readonly string[];
  readonly settings?: Partial<BacktestSettings>;
  readonly rules?: Partial<PromotionRules>;
  readonly seed: number;
}

export interface ProtocolPorts {
  readonly series: SeriesReader;
  /** Where drivers are looked for; they are optional. */
  readonly market: MarketReader;
  readonly compute: Compute;
  readonly step: StepContext;
}

/** What a tournament compares, over what, and how: everything that its result depends on but the champion. */
export interface Protocol {
  readonly identity: TournamentIdentity;
  readonly series: PriceSeries;
  readonly drivers: TournamentDrivers;
  readonly settings: BacktestSettings;
  readonly rules: PromotionRules;
  readonly plan: FoldPlan;
  /** Those asked for; the champion comes by `withChampion`. */
  readonly entries: readonly Entry[];
}

/** Reads the data and lays down the rules. Throws NOT_READY where there is too little to learn from. */
export async function readProtocol(request: ProtocolRequest, ports: ProtocolPorts): Promise<Protocol> {
  const series = await readTrainingSeries(request.metal, ports.series);
  const drivers = await readDrivers(series, ports.market);
  const entries = await competitorsOf(request.models, drivers, ports);
  return protocolOf(request, series, entries, drivers, ports.compute.codeVersion);
}

/** Entries asked for, those that read drivers too where there are any. */
async function competitorsOf(
  models: readonly string[] | undefined,
  drivers: TournamentDrivers,
  { compute, step }: ProtocolPorts,
): Promise<readonly Entry[]> {
  const isWhole = models === undefined || models.includes('all');
  const readers = driverEntries().filter(({ entry }) => isWhole || models.includes(entry));
  const others = models?.filter((name) => !readers.some(({ entry }) => entry === name));
  const entries = await entriesOf(others, compute);
  if (drivers.columns !== null) return [...entries, ...readers];
  if (readers.length > 0) step.note(`Models that read drivers are left out: ${drivers.reason}`);
  return entries;
}

/** SHA-256 over dates and values: what a model saw, in one word. */
export function dataHashOf(series: PriceSeries): string {
  return sha256(series.dates.map((date, index) => `${date},${series.values[index]}\n`).join(''));
}

/** The last date of a series; throws NOT_READY when it is empty. */
export function cutoffOf(series: PriceSeries): IsoDate {
  const cutoff = series.dates.at(-1);
  if (cutoff !== undefined) return cutoff;
  throw new PlatformError('NOT_READY', `There are no quotes of ${series.metal} yet.`, {
    context: { metal: series.metal },
    hint: 'Run `assay sync` and `assay transform` first.',
  });
}

function protocolOf(
  request: ProtocolRequest,
  series: PriceSeries,
  entries: readonly Entry[],
  drivers: TournamentDrivers,
  codeVersion: string,
): Protocol {
  const settings = backtestSettings(request.settings);
  const rules = { ...defaultRules, ...request.rules };
  const cutoff = cutoffOf(series);
  const plan = planFolds(series.values.length, settings);
  const dataHash = dataHashOf(series);
  const driversSeen = drivers.columns === null ? {} : { drivers: drivers.hash };
  const told = { settings, rules, entries, seed: request.seed, codeVersion, ...driversSeen };
  const settingsHash = sha256(JSON.stringify(told));
  const tournamentId = `${request.metal}-${cutoff}-${sha256(dataHash + settingsHash).slice(0, 12)}`;
  const metal = request.metal;
  const identity = { tournamentId, metal, cutoff, dataHash, settingsHash, codeVersion, seed: request.seed };
  return { identity, series, drivers, settings, rules, plan, entries };
}

/** The champion defends its place with the parameters it was promoted with, whatever the catalogue says today. */
export async function withChampion(
  entries: readonly Entry[],
  metal: Metal,
  tracking: Tracking,
): Promise<{ entries: readonly Entry[]; champion: { entry: string; version: number } | null }> {
  const version = await servingVersion(tracking, metal);
  if (version === null) return { entries, champion: null };
  const model = version.tags[tag.model] ?? '';
  const parameters = version.tags[tag.parameters] ?? '{}';
  const reads = driversOf(version);
  const same = entries.find(
    (entry) => entry.model === model && entry.drivers === reads.drivers && sameParameters(entry.parameters, parameters),
  );
  if (same !== undefined) return { entries, champion: { entry: same.entry, version: version.version } };
  const own: Entry = {
    entry: `${model}-v${version.version}`,
    model,
    parameters: JSON.parse(parameters) as Entry['parameters'],
    ...reads,
  };
  return { entries: [...entries, own], champion: { entry: own.entry, version: version.version } };
}

function sameParameters(parameters: Entry['parameters'], text: string): boolean {
  const sorted = (given: object) => JSON.stringify(Object.entries(given).sort(([a], [b]) => (a < b ? -1 : 1)));
  return sorted(parameters) === sorted(JSON.parse(text) as object);
}
