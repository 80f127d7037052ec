import { planFolds } from '../backtest/fold-plan.ts';
import type { Folds } from '../backtest/rolling-origin.ts';
import { PlatformError } from '../domain/errors.ts';
import type { Metal } from '../domain/metal.ts';
import type { Compute } from '../ports/compute.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Lake } from '../ports/lake.ts';
import type { Tracking } from '../ports/tracking.ts';
import type { ForecastStore, MarketReader, SeriesReader } from '../ports/warehouse.ts';
import { sha256 } from './model-registry.ts';
import { isOf, parseShard, type Shard, shardName } from './shard.ts';
import { driversHashOf, readPlan, refuseDifference, refuseOther, sharedPlan, writePlan } from './shared-plan.ts';
import { readDrivers } from './tournament-drivers.ts';
import {
  computePieces,
  type Entry,
  type EntryFolds,
  type FoldRequest,
  findPieces,
  gatherPieces,
  type Piece,
} from './tournament-folds.ts';
import { dataHashOf, type Protocol, type ProtocolRequest, readProtocol, withChampion } from './tournament-protocol.ts';
import { readReceipts, type ShardReceipt, writeReceipt } from './tournament-receipts.ts';
import { readTrainingSeries } from './training-series.ts';

export interface SharePorts {
  readonly series: SeriesReader;
  readonly market: MarketReader;
  readonly forecasts: Pick<ForecastStore, 'findTournament'>;
  readonly tracking: Tracking;
  readonly lake: Lake;
  readonly compute: Compute;
  readonly step: StepContext;
}

/** A plan laid out for many machines; JSON. */
export interface SharedTournament {
  readonly plan: string;
  readonly metal: Metal;
  readonly tournamentId: string;
  readonly quotes: number;
  readonly dataHash: string;
  readonly codeVersion: string;
  readonly champion: string | null;
  readonly models: number;
  /** One model over one block of folds is one piece; shards are made of whole pieces. */
  readonly pieces: number;
  /** `judged`: these data and settings were compared before, and there is nothing to compute. */
  readonly state: 'open' | 'judged';
  /** Names of the shards, such as `2/4`; none where all is judged. */
  readonly shards: readonly string[];
}

/** Lays out a tournament in at most `count` shards and leaves its plan in the lake, where every machine finds it. */
export async function shareTournament(
  request: ProtocolRequest & { readonly shards: number },
  ports: SharePorts,
): Promise<SharedTournament> {
  const protocol = await readProtocol(request, ports);
  const { entries, champion } = await withChampion(protocol.entries, request.metal, ports.tracking);
  const plan = sharedPlan(protocol, request.models, entries, champion?.entry ?? null);
  refuseOutsideModels(entries);
  const id = await writePlan(plan, ports.lake);
  const { identity } = protocol;
  const known = await ports.forecasts.findTournament(request.metal, identity.dataHash, identity.settingsHash);
  const pieces = entries.length * protocol.plan.blocks.length;
  const count = known === null ? Math.min(request.shards, pieces) : 0;
  const { tournamentId, quotes, dataHash, codeVersion } = plan;
  return {
    plan: id,
    metal: request.metal,
    ...{ tournamentId, quotes, dataHash, codeVersion },
    champion: plan.champion,
    models: entries.length,
    pieces,
    state: known === null ? 'open' : 'judged',
    shards: Array.from({ length: count }, (_, place) => shardName({ index: place + 1, count })),
  };
}

/** What a shard came to; JSON. */
export interface ShardReport {
  readonly plan: string;
  readonly shard: string;
  readonly pieces: number;
  readonly foldsComputed: number;
  readonly foldsReused: number;
  /** Pieces that came to no result, each with its reason: their models lose by it, as on one machine. */
  readonly failures: Readonly<Record<string, string>>;
  /** Seconds of computing, whenever that was. */
  readonly seconds: number;
  /** `exists`: this very result was in the lake already. */
  readonly result: 'created' | 'exists';
  readonly receipt: string;
}

/**
 * Computes one shard: the same origins, fits and seeds that one machine would, into the same objects of the lake, and a
 * receipt of what they hold. Run again, it finds all and writes nothing. Throws NOT_FOUND without the plan and CONFLICT
 * where the data or the code here are not the plan's.
 */
export async function computeShard(
  request: { readonly plan: string; readonly shard: Shard },
  ports: Omit<SharePorts, 'forecasts' | 'tracking'>,
): Promise<ShardReport> {
  const plan = await readPlan(request.plan, ports.lake);
  const series = await readTrainingSeries(plan.metal, ports.series);
  const drivers = await readDrivers(series, ports.market);
  const found = {
    dataHash: dataHashOf(series),
    driversHash: driversHashOf(drivers),
    codeVersion: ports.compute.codeVersion,
  };
  refuseDifference(request.plan, plan, found);
  const work: FoldRequest = {
    y: series.values,
    drivers: drivers.columns,
    plan: planFolds(series.values.length, plan.settings),
    settings: plan.settings,
    seed: plan.seed,
  };
  const pieces = await findPieces(plan.entries, work, ports, (place) => isOf(request.shard, place));
  await computePieces(pieces, work, ports);
  const shard = shardName(request.shard);
  const receipt: ShardReceipt = {
    format: 1,
    plan: request.plan,
    dataHash: plan.dataHash,
    codeVersion: plan.codeVersion,
    shard,
    pieces: pieces.map((piece) => ({
      piece: piece.id,
      folds: piece.result === null ? null : foldsHash(piece.result.folds),
      failure: piece.failure,
    })),
  };
  const { key, outcome } = await writeReceipt(receipt, ports.lake);
  const origins = pieces.reduce((sum, { block }) => sum + block.origins.length, 0);
  const foldsComputed = pieces.reduce((sum, { job }) => sum + (job?.block.origins.length ?? 0), 0);
  return {
    plan: request.plan,
    shard,
    pieces: pieces.length,
    foldsComputed,
    foldsReused: origins - foldsComputed,
    failures: Object.fromEntries(pieces.flatMap(({ id, failure }) => (failure === null ? [] : [[id, failure]]))),
    seconds: pieces.reduce((sum, { result }) => sum + (result?.seconds ?? 0), 0),
    result: outcome,
    receipt: key,
  };
}

export interface JoinRequest {
  readonly protocol: Protocol;
  readonly models: readonly string[] | undefined;
  readonly entries: readonly Entry[];
  readonly champion: { readonly entry: string } | null;
  readonly work: FoldRequest;
}

/**
 * The folds of a plan as its shards left them; nothing is computed. However the plan was cut, in whatever order and how
 * often its parts were computed, the result is that of one machine. Throws CONFLICT for another plan and for a shard of
 * one, NOT_FOUND naming what is missing, CHECK_FAILED where two machines computed different numbers.
 */
export async function joinShards(
  id: string,
  { protocol, models, entries, champion, work }: JoinRequest,
  { lake, compute, step }: Pick<SharePorts, 'lake' | 'compute' | 'step'>,
): Promise<EntryFolds[]> {
  const plan = await readPlan(id, lake);
  const now = sharedPlan(protocol, models, entries, champion?.entry ?? null);
  refuseDifference(id, plan, now);
  refuseOther(id, plan, now);
  const receipts = await readReceipts(id, lake);
  for (const { key, receipt } of receipts) {
    if (receipt.plan !== id) throw foreignShard(receipt, key, `belongs to the plan ${receipt.plan}, not to ${id}`);
    if (receipt.dataHash !== plan.dataHash || receipt.codeVersion !== plan.codeVersion) {
      throw foreignShard(receipt, key, `was computed over other data or by other code than the plan ${id}`);
    }
  }
  const pieces = await findPieces(entries, work, { lake, compute });
  const said = claimsByPiece(receipts.map(({ receipt }) => receipt));
  const missing = pieces.filter((piece) => !isSettled(piece, said.get(piece.id) ?? []));
  if (missing.length > 0) {
    const shards = receipts.map(({ receipt }) => receipt.shard);
    throw missingShards(id, missing, pieces, shards);
  }
  step.note(`Joined ${receipts.length} shards of ${id}: ${pieces.length} pieces`);
  return gatherPieces(entries, pieces, work);
}

/** Numbers to the bit, and failures in their words; what the computing took is no part of it. */
function foldsHash({ origins, mean, quantiles, failures }: Folds): string {
  const text = (figures: Float64Array | Int32Array) =>
    Buffer.from(figures.buffer, figures.byteOffset, figures.byteLength).toString('base64');
  return sha256(JSON.stringify([text(origins), text(mean), text(quantiles), failures]));
}

type Claim = ShardReceipt['pieces'][number];

function claimsByPiece(receipts: readonly ShardReceipt[]): ReadonlyMap<string, readonly Claim[]> {
  const said = new Map<string, Claim[]>();
  for (const { pieces } of receipts) {
    for (const claim of pieces) said.set(claim.piece, [...(said.get(claim.piece) ?? []), claim]);
  }
  return said;
}

/** Whether the shards have settled a piece: by folds that are in the lake, or else by a failure. */
function isSettled(piece: Piece, claims: readonly Claim[]): boolean {
  const hashes = new Set(claims.flatMap(({ folds }) => folds ?? []));
  if (hashes.size > 1) throw disagreement(piece);
  const [hash] = hashes;
  if (hash !== undefined) {
    if (piece.result === null) return false;
    if (foldsHash(piece.result.folds) !== hash) throw disagreement(piece);
    return true;
  }
  // Of several failures the first in the order of words, so that the result does not hang on who came first.
  const [failure] = claims.flatMap((claim) => claim.failure ?? []).sort();
  if (failure === undefined) return false;
  if (piece.result === null) piece.failure = failure;
  return true;
}

function disagreement({ id }: Piece): PlatformError {
  return new PlatformError('CHECK_FAILED', `Two machines computed different numbers for ${id}.`, {
    context: { piece: id },
    hint: 'Their processors or Node versions differ in arithmetic. Compute all shards on machines of one kind.',
  });
}

function foreignShard({ shard }: ShardReceipt, key: string, what: string): PlatformError {
  return new PlatformError('CONFLICT', `Shard ${shard} ${what}.`, {
    context: { shard, key },
    hint: `Remove the object ${key} from the lake, and compute the shard again.`,
  });
}

function missingShards(
  id: string,
  missing: readonly Piece[],
  pieces: readonly Piece[],
  known: readonly string[],
): PlatformError {
  const counts = new Set(known.map((shard) => parseShard(shard).count));
  const [count] = counts;
  const isMissing = (shard: Shard) => pieces.some((piece, place) => isOf(shard, place) && missing.includes(piece));
  const shards =
    counts.size === 1 && count !== undefined
      ? Array.from({ length: count }, (_, place) => ({ index: place + 1, count }))
          .filter(isMissing)
          .map(shardName)
      : [];
  const names = missing.map((piece) => piece.id);
  const shown = names.slice(0, 5).join(', ') + (names.length > 5 ? `, and ${names.length - 5} more` : '');
  const what = shards.length > 0 ? `shard ${shards.join(', ')} is missing` : 'shards are missing';
  return new PlatformError('NOT_FOUND', `Of the plan ${id} ${what}: ${shown}.`, {
    context: { plan: id, missing: names, shards },
    hint: `Compute it: assay tournament shard --plan ${id} --shard ${shards[0] ?? '1/1'}`,
  });
}

/** Their files are on one machine only. */
function refuseOutsideModels(entries: readonly Entry[]): void {
  const outside = entries.find(({ model }) => !/^[a-z0-9-]+$/.test(model));
  if (outside === undefined) return;
  throw new PlatformError('INPUT_INVALID', `Models of your own cannot be shared out: ${outside.entry}.`, {
    context: { entry: outside.entry },
    hint: 'Compare them on the machine that has their files: assay train --models …',
  });
}
