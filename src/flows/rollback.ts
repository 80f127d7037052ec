import { assert, PlatformError } from '../domain/errors.ts';
import type { Metal } from '../domain/metal.ts';
import type { Clock } from '../ports/clock.ts';
import type { StepContext } from '../ports/journal.ts';
import type { ModelVersion, Tracking } from '../ports/tracking.ts';
import {
  championAlias,
  formerVersions,
  isCorrupt,
  ladderTag,
  loadArtefact,
  moveVersion,
  registeredNameOf,
  tag,
} from './model-registry.ts';

export interface RollbackRequest {
  readonly metal: Metal;
  readonly reason: string;
  readonly by: string;
}

export interface RollbackPorts {
  readonly tracking: Tracking;
  readonly clock: Clock;
  readonly step: StepContext;
}

export interface RollbackReport {
  readonly metal: Metal;
  /** Version taken out of service. */
  readonly from: number;
  /** Version that serves now, and its model. */
  readonly to: number;
  readonly champion: string | null;
}

/** What a rollback leaves on the version it takes out of service, before anything moves. */
interface RollbackNote {
  readonly metal: Metal;
  readonly runId: string;
  readonly at: string;
  readonly to: number;
  readonly by: string;
  readonly reason: string;
}

/**
 * Returns the champion before the present one to Production. Each version carries the ladder of those that served
 * before it, so two rollbacks in a row go two steps back, and never return to what was just left; a version whose
 * artefact is damaged is passed over. Throws NOT_FOUND when no former champion is left.
 *
 * The intention is written first, under the run's id: a run that is repeated after a crash finishes its own rollback
 * and does not make a second one; and where the alias lags behind the stage, a newer run finishes that rollback too.
 */
export async function rollback(request: RollbackRequest, ports: RollbackPorts): Promise<RollbackReport> {
  const { tracking, clock, step } = ports;
  const name = registeredNameOf(request.metal);
  const versions = await tracking.versions(name);
  const begun = await unfinishedRollback(name, versions, ports);
  if (begun !== null) return moveBack(begun.from, begun.to, begun.note, ports);
  const from = versions.find((version) => version.stage === 'Production');
  if (from === undefined) throw nothingToRollBack(name, 'no version is in Production');
  const to = await newestSoundFormer(from, versions, ports);
  const note: RollbackNote = {
    metal: request.metal,
    runId: step.runId,
    at: clock.now(),
    to: to.version,
    by: request.by,
    reason: request.reason.slice(0, 2000),
  };
  await tracking.setVersionTag(name, from.version, tag.rolledBack, JSON.stringify(note));
  return moveBack(from, to, note, ports);
}

async function moveBack(
  from: ModelVersion,
  to: ModelVersion,
  { at, metal, reason, by, runId }: RollbackNote,
  { tracking, step }: RollbackPorts,
): Promise<RollbackReport> {
  // What lies below the returning version, as the version that leaves knew it: the ladder ends before it.
  const ladder = formerVersions(from);
  const below = ladder.slice(0, Math.max(0, ladder.lastIndexOf(to.version)));
  await tracking.setVersionTag(to.name, to.version, tag.former, ladderTag(below));
  await tracking.setVersionTag(to.name, to.version, tag.servingSince, at);
  if (to.stage !== 'Production') await moveVersion(tracking, to, 'Production', { at, runId, by, reason });
  await tracking.setAlias(to.name, championAlias, to.version);
  step.note(`Version ${to.version} of ${to.name} serves again instead of ${from.version}`, { reason });
  step.rows(1, 1);
  return { metal, from: from.version, to: to.version, champion: to.tags[tag.model] ?? null };
}

/** A rollback that this very run began, or that another left with the alias behind the stage; null when none is open. */
async function unfinishedRollback(
  name: string,
  versions: readonly ModelVersion[],
  { tracking, step }: RollbackPorts,
): Promise<{ from: ModelVersion; to: ModelVersion; note: RollbackNote } | null> {
  const alias = versions.length === 0 ? null : await tracking.versionByAlias(name, championAlias);
  for (const from of versions) {
    const note = noteOf(from);
    const to = versions.find(({ version }) => version === note?.to);
    if (note === null || to === undefined) continue;
    const isBehind = to.stage === 'Production' && alias?.version === from.version;
    if (note.runId === step.runId || isBehind) return { from, to, note };
  }
  return null;
}

function noteOf(version: ModelVersion): RollbackNote | null {
  const text = version.tags[tag.rolledBack];
  return text === undefined ? null : (JSON.parse(text) as RollbackNote);
}

async function newestSoundFormer(
  from: ModelVersion,
  versions: readonly ModelVersion[],
  { tracking, step }: RollbackPorts,
): Promise<ModelVersion> {
  for (const number of formerVersions(from).reverse()) {
    const version = versions.find((known) => known.version === number);
    if (version === undefined) continue;
    try {
      const { artefact } = await loadArtefact(tracking, version);
      assert(artefact.model.length > 0, 'an artefact names its model');
      return version;
    } catch (error) {
      if (!isCorrupt(error)) throw error;
      step.note(`Version ${number} is passed over: ${error.message}`, error.context);
    }
  }
  throw nothingToRollBack(from.name, `no sound version served before version ${from.version}`);
}

function nothingToRollBack(name: string, reason: string): PlatformError {
  return new PlatformError('NOT_FOUND', `There is nothing to roll ${name} back to: ${reason}.`, {
    context: { name },
    hint: 'Train and promote another model instead.',
  });
}
