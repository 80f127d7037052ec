import { createHash, type Hash } from 'node:crypto';
import type { FoldBlock } from '../backtest/fold-plan.ts';
import { type Folds, pickFolds } from '../backtest/rolling-origin.ts';
import type { FoldJob } from '../backtest/tournament-jobs.ts';
import { quantileLevels } from '../domain/forecaster.ts';
import type { Lake } from '../ports/lake.ts';

/** Rows of one block found in the lake, and what they cost when they were computed. */
export interface CachedFolds {
  readonly folds: Folds;
  readonly seconds: number;
}

/**
 * What a row saw, by origin: SHA-256 over `y[0..origin]`. A row is used again only while that has not changed, so a
 * revised price makes stale exactly the rows that saw it.
 */
export type PrefixHashes = ReadonlyMap<number, string>;

interface Header {
  readonly format: 1;
  readonly horizon: number;
  readonly origins: readonly number[];
  readonly seen: readonly string[];
  readonly failures: Folds['failures'];
  readonly seconds: number;
  readonly bodySha256: string;
}

/**
 * Hashes of the series, and of the columns that go with it, up to each of the origins; NaN and order count, dates do
 * not.
 */
export function prefixHashes(
  y: Float64Array,
  origins: Iterable<number>,
  columns: readonly Float64Array[] = [],
): PrefixHashes {
  const hashes = new Map<number, string>();
  const arrays = [y, ...columns];
  // One for each array: run together, they would depend on which origins are asked for, and lie apart a quote later.
  const running: readonly Hash[] = arrays.map(() => createHash('sha256'));
  let seen = 0;
  for (const origin of [...new Set(origins)].sort((a, b) => a - b)) {
    for (const [place, { buffer, byteOffset }] of arrays.entries()) {
      running[place]?.update(new Uint8Array(buffer, byteOffset + 8 * seen, 8 * (origin + 1 - seen)));
    }
    seen = origin + 1;
    const digests = running.map((hash) => hash.copy().digest('hex'));
    hashes.set(origin, (digests.length === 1 ? digests.join() : sha256(digests.join())).slice(0, 32));
  }
  return hashes;
}

/**
 * Key of a block's rows: model, parameters, code, protocol and the data its fit saw. Later origins are not in it, so
 * the block keeps one object while it fills up.
 */
export function foldCacheKey(job: BlockIdentity, codeVersion: string, seen: PrefixHashes): string {
  const identity = { ...fitIdentity(job, codeVersion, seen), horizon: job.options.horizon };
  return `cache/folds/${folderOf(job.model)}/${sha256(JSON.stringify(identity))}.bin`;
}

/** Key of a block's fit: it serves any horizon. */
export function fitCacheKey(job: BlockIdentity, codeVersion: string, seen: PrefixHashes): string {
  return `cache/fits/${folderOf(job.model)}/${sha256(JSON.stringify(fitIdentity(job, codeVersion, seen)))}.json`;
}

/** What tells one block of one model from all others. */
export type BlockIdentity = Omit<FoldJob, 'y' | 'keptFit'>;

function fitIdentity(job: BlockIdentity, codeVersion: string, seen: PrefixHashes) {
  const { model, parameters, season, block, options } = job;
  return {
    model,
    parameters: Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1)),
    codeVersion,
    season,
    window: options.window,
    windowLength: options.window === 'sliding' ? options.windowLength : null,
    seed: options.seed,
    fitOrigin: block.fitOrigin,
    seen: seen.get(block.fitOrigin),
  };
}

/** A path or a command is no part of a key; which one it is, is in the hash. */
function folderOf(model: string): string {
  return /^[a-z0-9-]+$/.test(model) ? model : 'external';
}

/** The artefact text of a fit that is kept; null when there is none, or it is damaged. */
export async function readFit(lake: Lake, key: string): Promise<string | null> {
  const bytes = await lake.get(key);
  if (bytes === null) return null;
  const stored = new TextDecoder().decode(bytes);
  const text = stored.slice(hexOfSha256);
  return sha256(text) === stored.slice(0, hexOfSha256) ? text : null;
}

/** Keeps a fit behind the hash of its own text. */
export async function writeFit(lake: Lake, key: string, text: string): Promise<void> {
  await lake.replace(key, new TextEncoder().encode(sha256(text) + text));
}

const hexOfSha256 = 64;

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

/** The rows of a block that are kept and still true; null when there are none. A damaged object counts as absent. */
export async function readFolds(
  lake: Lake,
  key: string,
  block: FoldBlock,
  seen: PrefixHashes,
): Promise<CachedFolds | null> {
  const bytes = await lake.get(key);
  const kept = bytes === null ? null : decode(bytes);
  if (kept === null) return null;
  const wanted = new Set(block.origins);
  const valid = kept.header.origins.filter(
    (origin, row) => wanted.has(origin) && kept.header.seen[row] === seen.get(origin),
  );
  if (valid.length === 0) return null;
  return { folds: pickFolds(kept.folds, valid), seconds: kept.header.seconds };
}

/** Keeps the rows of a block, replacing what was kept under the key. */
export async function writeFolds(lake: Lake, key: string, { folds, seconds }: CachedFolds, seen: PrefixHashes) {
  const body = Buffer.concat([bytesOf(folds.mean), bytesOf(folds.quantiles)]);
  const origins = Array.from(folds.origins);
  const header: Header = {
    format: 1,
    horizon: folds.horizon,
    origins,
    seen: origins.map((origin) => seen.get(origin) ?? ''),
    failures: folds.failures,
    seconds,
    bodySha256: createHash('sha256').update(body).digest('hex'),
  };
  const text = Buffer.from(JSON.stringify(header));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  await lake.replace(key, Buffer.concat([length, text, body]));
}

function decode(bytes: Uint8Array): { header: Header; folds: Folds } | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (buffer.length < 4 || buffer.length < 4 + buffer.readUInt32LE(0)) return null;
  const bodyAt = 4 + buffer.readUInt32LE(0);
  const header = parseHeader(buffer.toString('utf8', 4, bodyAt));
  const body = buffer.subarray(bodyAt);
  if (header === null || createHash('sha256').update(body).digest('hex') !== header.bodySha256) return null;
  const figures = new Float64Array(body.length / 8);
  new Uint8Array(figures.buffer).set(body);
  const means = header.origins.length * header.horizon;
  if (figures.length !== means * (1 + quantileLevels.length)) return null;
  const folds: Folds = {
    origins: Int32Array.from(header.origins),
    horizon: header.horizon,
    mean: figures.slice(0, means),
    quantiles: figures.slice(means),
    failures: header.failures,
  };
  return { header, folds };
}

function parseHeader(text: string): Header | null {
  try {
    const header = JSON.parse(text) as Header;
    return header.format === 1 ? header : null;
  } catch {
    // A damaged object of a cache is an absent one: it is computed and written again.
    return null;
  }
}

function bytesOf(figures: Float64Array): Uint8Array {
  return new Uint8Array(figures.buffer, figures.byteOffset, figures.byteLength);
}
