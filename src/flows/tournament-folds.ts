import type { DriverColumns, DriverKind, Regressors } from '../backtest/driver-columns.ts';
import type { FoldBlock, FoldPlan } from '../backtest/fold-plan.ts';
import { type Folds, mergeFolds, type RollingOptions } from '../backtest/rolling-origin.ts';
import type { BacktestSettings } from '../backtest/settings.ts';
import type { FoldAnswer, FoldJob, KeptFit } from '../backtest/tournament-jobs.ts';
import { assert } from '../domain/errors.ts';
import type { ModelParameters } from '../domain/forecaster.ts';
import type { Compute, ComputeJob, ComputeOutcome, Work } from '../ports/compute.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Lake } from '../ports/lake.ts';
import {
  type CachedFolds,
  fitCacheKey,
  foldCacheKey,
  type PrefixHashes,
  prefixHashes,
  readFit,
  readFolds,
  writeFit,
  writeFolds,
} from './fold-cache.ts';

/** One competitor: a catalogue model with parameters, under the name it has in the tournament. */
export interface Entry {
  readonly entry: string;
  readonly model: string;
  readonly parameters: ModelParameters;
  /** The drivers it reads; absent for a model of prices alone. */
  readonly drivers?: DriverKind;
}

/** What an entry forecast over the whole plan. */
export interface EntryFolds {
  readonly entry: Entry;
  /** null when some work of the entry did not finish. */
  readonly folds: Folds | null;
  /** Why the entry cannot be judged, or null: any failed fold is one too many. */
  readonly failure: string | null;
  readonly failedFolds: number;
  /** Seconds of computing its folds took, whenever that was. */
  readonly seconds: number;
  readonly computed: number;
  readonly reused: number;
  /** Artefact text of the fit of the newest block; null where it failed or cannot be kept. */
  readonly newestFit: string | null;
}

export interface FoldRequest {
  readonly y: Float64Array;
  /** For the entries that read drivers; null where there are none. */
  readonly drivers: DriverColumns | null;
  readonly plan: FoldPlan;
  readonly settings: BacktestSettings;
  readonly seed: number;
}

export interface FoldPorts {
  readonly lake: Lake;
  readonly compute: Compute;
  readonly step: StepContext;
}

export const foldsWork: Work<FoldJob, FoldAnswer> = { name: 'folds' };

/** One block may take this long before its model is out of the tournament. */
export const blockLimitMs = 120_000;

/**
 * The folds of every entry, from the lake where they are kept and computed where not. Results do not depend on which
 * were which. An entry that fails is reported with its reason; the others go on.
 */
export async function evaluateFolds(
  entries: readonly Entry[],
  request: FoldRequest,
  ports: FoldPorts,
): Promise<EntryFolds[]> {
  const pieces = await findPieces(entries, request, ports);
  await computePieces(pieces, request, ports);
  return gatherPieces(entries, pieces, request);
}

/** Every entry that can take part over every block, with what the lake keeps of it. */
export async function findPieces(
  entries: readonly Entry[],
  request: FoldRequest,
  ports: Pick<FoldPorts, 'lake' | 'compute'>,
  isWanted: (place: number) => boolean = () => true,
): Promise<Piece[]> {
  const seenBy = seenHashes(request);
  const places = entries
    .filter((entry) => canTakePart(entry, request))
    .flatMap((entry) => request.plan.blocks.map((block) => ({ entry, block })));
  const wanted = places.filter((_, place) => isWanted(place));
  return Promise.all(wanted.map(({ entry, block }) => lookUp(entry, block, request, seenBy(entry), ports)));
}

/** Computes what is missing of the pieces and keeps it; a piece that fails says why. */
export async function computePieces(pieces: readonly Piece[], request: FoldRequest, ports: FoldPorts): Promise<void> {
  const seenBy = seenHashes(request);
  // The catalogue goes from the simplest on: its costly end starts first, so that no long job is left for the last.
  const missing = pieces.filter(({ job }) => job !== null).reverse();
  const jobs = missing.map(({ id, job }) => {
    assert(job !== null, 'a missing piece has a job');
    return { id, input: job, timeLimitMs: blockLimitMs } satisfies ComputeJob<FoldJob>;
  });
  const byId = new Map(pieces.map((piece) => [piece.id, piece]));
  for await (const outcome of ports.compute.run(foldsWork, jobs, ports.step.signal)) {
    const piece = byId.get(outcome.id);
    assert(piece !== undefined, 'every outcome belongs to a job');
    await settle(piece, outcome, request, seenBy(piece.entry), ports.lake);
  }
}

/** Pieces put together by entry, in the order of the entries. */
export function gatherPieces(entries: readonly Entry[], pieces: readonly Piece[], request: FoldRequest): EntryFolds[] {
  return entries.map((entry) =>
    canTakePart(entry, request) ? gather(entry, pieces, request.settings.horizon) : withoutDrivers(entry, request.plan),
  );
}

function canTakePart({ drivers }: Entry, request: FoldRequest): boolean {
  return drivers === undefined || request.drivers !== null;
}

/** What the rows of an entry saw: prices, and the drivers it reads. */
function seenHashes({ y, drivers, plan }: FoldRequest): (entry: Entry) => PrefixHashes {
  const origins = plan.blocks.flatMap((block) => [block.fitOrigin, ...block.origins]);
  const known = new Map<DriverKind | undefined, PrefixHashes>();
  return ({ drivers: kind }) => {
    const columns = kind === undefined ? [] : (drivers?.[kind].columns ?? []);
    const seen = known.get(kind) ?? prefixHashes(y, origins, columns);
    known.set(kind, seen);
    return seen;
  };
}

/** The drivers that an entry reads, up to an observation; nothing for one that reads none. */
export function regressorsOf(
  { drivers: kind }: Entry,
  drivers: DriverColumns | null,
  last: number,
): { regressors?: Regressors } {
  const own = kind === undefined ? undefined : drivers?.[kind];
  if (own === undefined) return {};
  return { regressors: { names: own.names, columns: own.columns.map((column) => column.slice(0, last + 1)) } };
}

function withoutDrivers(entry: Entry, plan: FoldPlan): EntryFolds {
  const failedFolds = plan.blocks.reduce((sum, { origins }) => sum + origins.length, 0);
  const failure = 'the drivers it reads are off or missing';
  return { entry, folds: null, failure, failedFolds, seconds: 0, computed: 0, reused: 0, newestFit: null };
}

/** One entry over one block, from look-up to result. */
export interface Piece {
  readonly id: string;
  readonly entry: Entry;
  readonly block: FoldBlock;
  readonly key: string;
  /** Where the fit is kept; null for blocks that are full: nothing will be computed from their fits again. */
  readonly fitKey: string | null;
  readonly cached: CachedFolds | null;
  /** Work for the origins that are not kept; null when all are. */
  readonly job: FoldJob | null;
  result: CachedFolds | null;
  failure: string | null;
  fit: string | null;
}

async function lookUp(
  entry: Entry,
  block: FoldBlock,
  request: FoldRequest,
  seen: PrefixHashes,
  { lake, compute }: Pick<FoldPorts, 'lake' | 'compute'>,
): Promise<Piece> {
  const { y, settings, plan } = request;
  const options = rollingOptions(request);
  const identity = { model: entry.model, parameters: entry.parameters, season: settings.season, block, options };
  const key = foldCacheKey(identity, compute.codeVersion, seen);
  const cached = await readFolds(lake, key, block, seen);
  const kept = new Set(cached?.folds.origins);
  const origins = block.origins.filter((origin) => !kept.has(origin));
  const last = origins.at(-1);
  const fitKey = block === plan.blocks.at(-1) ? fitCacheKey(identity, compute.codeVersion, seen) : null;
  const fit = fitKey === null ? null : await readFit(lake, fitKey);
  const keptFit: KeptFit = fit !== null ? { text: fit } : fitKey === null ? 'none' : 'wanted';
  const own = { ...block, origins };
  const job =
    last === undefined
      ? null
      : { ...identity, block: own, y: y.slice(0, last + 1), ...regressorsOf(entry, request.drivers, last), keptFit };
  const id = `${entry.entry} from ${block.fitOrigin}`;
  return { id, entry, block, key, fitKey, cached, job, result: job === null ? cached : null, failure: null, fit };
}

/** How folds and fits of a tournament are made. */
export function rollingOptions({ settings, seed }: Pick<FoldRequest, 'settings' | 'seed'>): RollingOptions {
  const { horizon, window, windowLength } = settings;
  return { horizon, window, windowLength, seed };
}

async function settle(
  piece: Piece,
  outcome: ComputeOutcome<FoldAnswer>,
  { settings: { horizon } }: FoldRequest,
  seen: PrefixHashes,
  lake: Lake,
): Promise<void> {
  if (!outcome.ok) {
    piece.failure = outcome.reason;
    return;
  }
  const parts = piece.cached === null ? [outcome.output] : [piece.cached.folds, outcome.output];
  const seconds = (piece.cached?.seconds ?? 0) + outcome.seconds;
  piece.result = { folds: mergeFolds(parts, horizon), seconds };
  // The fit first: folds that are kept are not computed again, so a fit lost after them would be lost for long.
  if (outcome.output.fit !== null && piece.fitKey !== null) {
    piece.fit = outcome.output.fit;
    await writeFit(lake, piece.fitKey, piece.fit);
  }
  await writeFolds(lake, piece.key, piece.result, seen);
}

function gather(entry: Entry, pieces: readonly Piece[], horizon: number): EntryFolds {
  const own = pieces.filter((piece) => piece.entry === entry);
  const results = own.flatMap(({ result }) => (result === null ? [] : [result]));
  const lost = own.filter(({ result }) => result === null);
  const folds =
    lost.length === 0
      ? mergeFolds(
          results.map((result) => result.folds),
          horizon,
        )
      : null;
  const failures = results.flatMap((result) => result.folds.failures);
  const failedFolds = failures.length + lost.reduce((sum, piece) => sum + (piece.job?.block.origins.length ?? 0), 0);
  const first = lost[0]?.failure ?? failures[0]?.reason ?? null;
  const total = own.reduce((sum, piece) => sum + piece.block.origins.length, 0);
  const computed = own.reduce((sum, piece) => sum + (piece.job?.block.origins.length ?? 0), 0);
  return {
    entry,
    folds,
    failure: first === null ? null : `${failedFolds} of ${total} folds failed, the first because ${first}`,
    failedFolds,
    seconds: results.reduce((sum, result) => sum + result.seconds, 0),
    computed,
    reused: total - computed,
    newestFit: own.at(-1)?.fit ?? null,
  };
}
