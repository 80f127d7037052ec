import { createHash } from 'node:crypto';
import type { DriverKind } from '../backtest/driver-columns.ts';
import { PlatformError } from '../domain/errors.ts';
import type { FittedForecaster, ModelArtefact } from '../domain/forecaster.ts';
import type { Metal } from '../domain/metal.ts';
import { restoreModel } from '../models/catalogue.ts';
import type { ModelVersion, Stage, Tracking } from '../ports/tracking.ts';

/** Where a metal's tournaments and versions are kept in tracking. */
export const experimentOf = (metal: Metal): string => `assay/${metal}/tournament`;
export const registeredNameOf = (metal: Metal): string => `assay-${metal}`;

/** Files of a candidate's run. */
export const modelFolder = 'model';
export const artefactPath = 'model/model.json';
export const ownForecastPath = 'model/forecast.json';
/** File of the tournament's own run. */
export const decisionPath = 'decision.json';

export const championAlias = 'champion';

/** Stands in tags for the absence of a version. */
export const noVersion = 'none';

/** Tags, on runs and versions alike. */
export const tag = {
  tournament: 'assay.tournament',
  /** `tournament` or `candidate`. */
  role: 'assay.role',
  entry: 'assay.entry',
  model: 'assay.model',
  parameters: 'assay.parameters',
  /** The drivers that the model reads; absent or empty for a model of prices alone. */
  drivers: 'assay.drivers',
  artefactSha256: 'assay.artefact_sha256',
  /** `passed` or `failed`, with the sentence beside it. */
  gate: 'assay.gate',
  gateReason: 'assay.gate_reason',
  /** `drawn` once the run's charts are PNG files too. */
  pictures: 'assay.pictures',
  verification: 'assay.verification',
  promotedAt: 'assay.promoted_at',
  promotedBy: 'assay.promoted_by',
  promotedFrom: 'assay.promoted_from',
  promotedWhy: 'assay.promoted_why',
  forced: 'assay.forced',
  /** Instant of the promotion or rollback that put the version into service last: its present term. */
  servingSince: 'assay.serving_since',
  /** Versions that served before this one, oldest first, comma separated, or `none`. */
  former: 'assay.former',
  /** JSON of the last rollback that took this version out of service. */
  rolledBack: 'assay.rolled_back',
} as const;

/** One move of a version between stages, kept as a tag of the version: MLflow has no other place for a reason. */
export interface StageMove {
  readonly at: string;
  readonly from: Stage;
  readonly to: Stage;
  /** Run of Assay that did it, and who asked for it. */
  readonly runId: string;
  readonly by: string;
  readonly reason: string;
}

const movePrefix = 'assay.move.';

/** Moves of a version, oldest first. */
export function movesOf(version: ModelVersion): StageMove[] {
  return Object.entries(version.tags)
    .filter(([key]) => key.startsWith(movePrefix))
    .map(([, text]) => JSON.parse(text) as StageMove)
    .sort((a, b) => (a.at === b.at ? stageOrder.indexOf(a.to) - stageOrder.indexOf(b.to) : a.at < b.at ? -1 : 1));
}

const stageOrder: readonly Stage[] = ['None', 'Staging', 'Production', 'Archived'];

/**
 * Moves a version, and for Staging and Production whoever stands there into the archive, with a record of each move on
 * the version moved. Records are written first and under the run's id: a run cut off in between and repeated writes the
 * same ones, and no move is without its record.
 */
export async function moveVersion(
  tracking: Tracking,
  version: ModelVersion,
  to: Stage,
  why: Pick<StageMove, 'at' | 'runId' | 'by' | 'reason'>,
): Promise<ModelVersion> {
  const displaces = to === 'Staging' || to === 'Production';
  const others = displaces ? (await tracking.versions(version.name)).filter(({ stage }) => stage === to) : [];
  for (const other of others.filter((one) => one.version !== version.version)) {
    await recordMove(tracking, other, { ...why, from: other.stage, to: 'Archived' });
  }
  await recordMove(tracking, version, { ...why, from: version.stage, to });
  return tracking.transition(version.name, version.version, to, displaces);
}

async function recordMove(tracking: Tracking, version: ModelVersion, move: StageMove): Promise<void> {
  // A key is at most 250 characters, a value of a version's tag 5,000 on older servers.
  const key = `${movePrefix}${move.runId.slice(0, 200)}.${move.to}`;
  const text = JSON.stringify({ ...move, reason: move.reason.slice(0, 2000) });
  if (version.tags[key] === undefined) await tracking.setVersionTag(version.name, version.version, key, text);
}

/** The version that serves: the one in Production, else (a registry without stages) the one under the alias. */
export async function servingVersion(tracking: Tracking, metal: Metal): Promise<ModelVersion | null> {
  const versions = await tracking.versions(registeredNameOf(metal));
  const inProduction = versions.find((version) => version.stage === 'Production');
  if (inProduction !== undefined || versions.length === 0) return inProduction ?? null;
  return tracking.versionByAlias(registeredNameOf(metal), championAlias);
}

/** Versions that served before one, oldest first: the ladder that rollback walks down from its end. */
export function formerVersions(version: ModelVersion): number[] {
  return (version.tags[tag.former] ?? noVersion)
    .split(',')
    .filter((text) => /^\d+$/.test(text))
    .map(Number);
}

/** A ladder as a tag; only its newest steps are kept, as far as a tag is long. */
export function ladderTag(versions: readonly number[]): string {
  return versions.length === 0 ? noVersion : versions.slice(-100).join(',');
}

/**
 * The stored model of a version, after its bytes were found to be the ones that were judged.
 * Throws ARTEFACT_CORRUPT when they are not, or when they give no model.
 */
export async function loadArtefact(
  tracking: Tracking,
  version: ModelVersion,
): Promise<{ artefact: ModelArtefact; fitted: FittedForecaster }> {
  const bytes = await readArtefact(tracking, version, artefactPath);
  const expected = version.tags[tag.artefactSha256];
  const found = sha256(bytes);
  if (found !== expected) throw corrupt(version, `its SHA-256 is ${found} instead of ${expected ?? 'none on record'}`);
  const artefact = parseArtefact(bytes, version);
  return { artefact, fitted: restoreModel(artefact) };
}

/** One file of a version's run; ARTEFACT_CORRUPT when it is missing, which to a reader is the same. */
export async function readArtefact(tracking: Tracking, version: ModelVersion, path: string): Promise<Uint8Array> {
  try {
    return await tracking.getArtefact(version.runId, path);
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'NOT_FOUND')
      throw corrupt(version, `${path} is missing`, error);
    throw error;
  }
}

export function isCorrupt(error: unknown): error is PlatformError {
  return error instanceof PlatformError && error.code === 'ARTEFACT_CORRUPT';
}

export function sha256(bytes: Uint8Array | string): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** ARTEFACT_CORRUPT about a version. */
export function corrupt(version: ModelVersion, reason: string, cause?: unknown): PlatformError {
  return new PlatformError('ARTEFACT_CORRUPT', `The stored model of ${version.name} v${version.version}: ${reason}.`, {
    ...(cause === undefined ? {} : { cause }),
    context: { name: version.name, version: version.version, runId: version.runId },
    hint: 'Roll back to a former version, or train again.',
  });
}

function parseArtefact(bytes: Uint8Array, version: ModelVersion): ModelArtefact {
  try {
    return JSON.parse(new TextDecoder().decode(bytes)) as ModelArtefact;
  } catch (cause) {
    throw corrupt(version, 'it is not JSON', cause);
  }
}

/** The drivers that a version's model reads, as an entry tells them. */
export function driversOf(version: ModelVersion): { drivers?: DriverKind } {
  const kind = version.tags[tag.drivers];
  return kind === 'legs' || kind === 'moves' ? { drivers: kind } : {};
}
