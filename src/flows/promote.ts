import { sameForecast } from '../backtest/tournament-jobs.ts';
import { assert, PlatformError } from '../domain/errors.ts';
import type { Metal } from '../domain/metal.ts';
import type { Clock } from '../ports/clock.ts';
import type { StepContext } from '../ports/journal.ts';
import type { ModelVersion, RunRecord, Tracking } from '../ports/tracking.ts';
import {
  championAlias,
  corrupt,
  decisionPath,
  experimentOf,
  formerVersions,
  isCorrupt,
  ladderTag,
  loadArtefact,
  modelFolder,
  moveVersion,
  noVersion,
  ownForecastPath,
  readArtefact,
  registeredNameOf,
  type StageMove,
  servingVersion,
  tag,
} from './model-registry.ts';
import { readStoredForecast } from './tournament-files.ts';
import type { StoredDecision } from './tournament-runs.ts';

export interface PromoteRequest {
  readonly metal: Metal;
  /** The tournament whose decision to carry out; the newest finished one by default. */
  readonly tournamentId?: string;
  /** An entry of that tournament to promote whatever the decision was; refused unless it passed the gate, or `force`. */
  readonly model?: string;
  /** A registered version to promote instead; refused unless it passed the gate, or `force`. */
  readonly version?: number;
  /** Promotes against the gate, on the record. A corrupt artefact is never promoted. */
  readonly force?: boolean;
  readonly reason?: string;
  readonly by: string;
}

export interface PromotePorts {
  readonly tracking: Tracking;
  readonly clock: Clock;
  readonly step: StepContext;
}

export interface PromoteReport {
  readonly metal: Metal;
  /** `kept`: the standing champion, if any, goes on. `unchanged`: it was carried out before. */
  readonly result: 'promoted' | 'kept' | 'unchanged';
  readonly champion: string | null;
  readonly version: number | null;
  readonly former: number | null;
  readonly reason: string;
}

/**
 * Carries out the decision of a tournament: register, Staging, verify, Production, alias. Each effect can be repeated
 * and the stage change that makes a champion archives the old one in the same transaction, so at every moment at most
 * one version is in Production, and a rerun after a crash ends where the first run would have.
 *
 * A decision is carried out once: after a rollback the same tournament does not bring its winner back by itself.
 * Throws GATE_REFUSED for a named model or version that did not pass, NOT_FOUND for an unknown one, ARTEFACT_CORRUPT
 * when the stored model is not the one that was judged (with a champion in service an unnamed promotion keeps it instead).
 */
export async function promote(request: PromoteRequest, ports: PromotePorts): Promise<PromoteReport> {
  const serving = await servingVersion(ports.tracking, request.metal);
  if (request.version !== undefined) return promoteVersion(request.version, request, serving, ports);
  const decision = await readDecision(request, ports.tracking);
  const { judgement } = decision;
  const entry = request.model ?? (judgement.outcome === 'kept' ? null : judgement.champion);
  if (entry === null) return kept(request.metal, judgement.statement, serving);
  const runId = decision.runs[entry];
  if (runId === undefined) throw unknownEntry(entry, decision);
  if (request.model === undefined) {
    const earlier = (await ports.tracking.versions(registeredNameOf(request.metal))).find(
      (version) => version.runId === runId && version.tags[tag.promotedAt] !== undefined,
    );
    if (earlier !== undefined && earlier.stage !== 'Staging') {
      // Only the alias may be missing where the version serves; where it does not, someone rolled it back since.
      if (earlier.stage === 'Production') await finishPromotion(earlier, ports.tracking);
      return {
        ...kept(request.metal, `${decision.tournamentId} was carried out before.`, serving),
        result: 'unchanged',
      };
    }
    if ((serving?.version ?? null) !== decision.championVersion) return stale(request.metal, decision, serving);
  }
  const verdict = judgement.verdicts.find(({ model }) => model === entry);
  const passed = request.model === undefined || verdict?.passed === true;
  if (!passed && request.force !== true) throw gateRefused(entry, verdict?.reason ?? 'it was not judged');
  const version = await register(entry, runId, decision, request, ports.tracking);
  if (version.stage === 'Production') return servesAlready(request.metal, version, ports.tracking);
  const reason = request.reason ?? (request.model === undefined ? judgement.statement : `${request.by} asked for it`);
  try {
    return await makeChampion(version, serving, { ...request, reason }, ports);
  } catch (error) {
    // A winner that was damaged since must not keep a sound champion from its daily forecast; it is told, and archived.
    if (!isCorrupt(error) || serving === null || request.model !== undefined) throw error;
    ports.step.note(`DAMAGED MODEL: ${error.message} ${error.hint ?? ''}`, { code: error.code, ...error.context });
    return kept(request.metal, `${entry} was to be promoted, but: ${error.message}`, serving);
  }
}

async function promoteVersion(
  number: number,
  request: PromoteRequest,
  serving: ModelVersion | null,
  ports: PromotePorts,
): Promise<PromoteReport> {
  const name = registeredNameOf(request.metal);
  const version = (await ports.tracking.versions(name)).find((known) => known.version === number);
  if (version === undefined) {
    throw new PlatformError('NOT_FOUND', `There is no version ${number} of ${name}.`, {
      context: { name, version: number },
      hint: 'The Models page and `assay compare` list the versions.',
    });
  }
  if (version.stage === 'Production') return servesAlready(request.metal, version, ports.tracking);
  if (version.tags[tag.gate] !== 'passed' && request.force !== true) {
    throw gateRefused(`version ${number}`, version.tags[tag.gateReason] ?? 'it was never judged');
  }
  return makeChampion(version, serving, { ...request, reason: request.reason ?? `${request.by} asked for it` }, ports);
}

/** Staging, verified, Production, alias; every line may be the last before a crash. */
async function makeChampion(
  version: ModelVersion,
  former: ModelVersion | null,
  request: PromoteRequest & { readonly reason: string },
  { tracking, clock, step }: PromotePorts,
): Promise<PromoteReport> {
  const { name, version: number } = version;
  const set = (key: string, value: string) => tracking.setVersionTag(name, number, key, value);
  const now = clock.now();
  const why = { at: now, runId: step.runId, by: request.by, reason: request.reason };
  const staged = version.stage === 'Staging' ? version : await moveVersion(tracking, version, 'Staging', why);
  await verify(staged, why, tracking);
  await set(tag.verification, 'passed');
  await set(tag.former, ladderTag(former === null ? [] : [...formerVersions(former), former.version]));
  await set(tag.promotedFrom, former === null ? noVersion : String(former.version));
  await set(tag.promotedBy, request.by);
  await set(tag.promotedWhy, request.reason.slice(0, 4000));
  if (request.force === true && version.tags[tag.gate] !== 'passed') await set(tag.forced, 'true');
  await set(tag.servingSince, now);
  await set(tag.promotedAt, now);
  const promoted = await moveVersion(tracking, staged, 'Production', why);
  await finishPromotion(promoted, tracking);
  step.note(`Version ${number} of ${name} is the champion`, { reason: request.reason });
  step.rows(1, 1);
  return {
    metal: request.metal,
    result: 'promoted',
    champion: version.tags[tag.model] ?? null,
    version: number,
    former: former?.version ?? null,
    reason: request.reason,
  };
}

async function servesAlready(metal: Metal, version: ModelVersion, tracking: Tracking): Promise<PromoteReport> {
  await finishPromotion(version, tracking);
  return { ...kept(metal, `Version ${version.version} serves already.`, version), result: 'unchanged' };
}

/** What is left to do once a version is in Production. */
async function finishPromotion(version: ModelVersion, tracking: Tracking): Promise<void> {
  const named = await tracking.versionByAlias(version.name, championAlias);
  if (named?.version !== version.version) await tracking.setAlias(version.name, championAlias, version.version);
}

/** The stored bytes are the judged ones, and the model in them gives its own forecast again, to the bit. */
async function verify(
  version: ModelVersion,
  why: Pick<StageMove, 'at' | 'runId' | 'by' | 'reason'>,
  tracking: Tracking,
): Promise<void> {
  try {
    const { fitted } = await loadArtefact(tracking, version);
    const expected = readStoredForecast(await readArtefact(tracking, version, ownForecastPath));
    if (sameForecast(fitted.forecast(expected.mean.length), expected)) return;
    throw corrupt(version, 'restored, it gives another forecast than the one it was stored with');
  } catch (error) {
    if (!isCorrupt(error)) throw error;
    await tracking.setVersionTag(version.name, version.version, tag.verification, `failed: ${error.message}`);
    await moveVersion(tracking, version, 'Archived', { ...why, reason: `verification failed: ${error.message}` });
    throw error;
  }
}

async function register(
  entry: string,
  runId: string,
  decision: StoredDecision,
  request: PromoteRequest,
  tracking: Tracking,
): Promise<ModelVersion> {
  const run = (await runsOf(request.metal, decision.tournamentId, tracking)).find((known) => known.runId === runId);
  assert(run !== undefined, `the run of ${entry} is in its tournament`);
  const verdict = decision.judgement.verdicts.find(({ model }) => model === entry);
  // The first champion may be naive, which beats nobody and is judged by its artefact alone.
  const passed = verdict?.passed === true || decision.judgement.champion === entry;
  return tracking.registerVersion(registeredNameOf(request.metal), runId, modelFolder, {
    [tag.tournament]: decision.tournamentId,
    [tag.entry]: entry,
    [tag.model]: run.tags[tag.model] ?? entry,
    [tag.parameters]: run.tags[tag.parameters] ?? '{}',
    ...(run.tags[tag.drivers] === undefined ? {} : { [tag.drivers]: run.tags[tag.drivers] }),
    [tag.artefactSha256]: run.tags[tag.artefactSha256] ?? '',
    [tag.gate]: passed ? 'passed' : 'failed',
    [tag.gateReason]: (verdict?.reason ?? '').slice(0, 4000),
  });
}

async function readDecision({ metal, tournamentId }: PromoteRequest, tracking: Tracking): Promise<StoredDecision> {
  const runs = await runsOf(metal, tournamentId ?? null, tracking);
  const finished = runs.filter((run) => run.tags[tag.role] === 'tournament' && run.status === 'FINISHED');
  const newest = finished.reduce<RunRecord | null>(
    (best, run) => (best === null || run.startedAtMs > best.startedAtMs ? run : best),
    null,
  );
  if (newest !== null) {
    const bytes = await tracking.getArtefact(newest.runId, decisionPath);
    const decision = JSON.parse(new TextDecoder().decode(bytes)) as StoredDecision;
    return { ...decision, runs: { ...decision.runs, ...(await candidateRuns(metal, decision, tracking)) } };
  }
  throw new PlatformError('NOT_READY', `There is no finished tournament of ${metal} to promote from.`, {
    context: { metal, ...(tournamentId === undefined ? {} : { tournamentId }) },
    hint: 'Run `assay train` first.',
  });
}

/** Runs by entry as they are now: a tournament copied from another server has runs of other ids than it wrote down. */
async function candidateRuns(
  metal: Metal,
  { tournamentId }: StoredDecision,
  tracking: Tracking,
): Promise<Record<string, string>> {
  const runs = await runsOf(metal, tournamentId, tracking);
  const candidates = runs.filter(({ tags }) => tags[tag.role] === 'candidate');
  return Object.fromEntries(candidates.map(({ tags, runId }) => [tags[tag.entry] ?? '', runId]));
}

function runsOf(metal: Metal, tournamentId: string | null, tracking: Tracking): Promise<RunRecord[]> {
  const filter =
    tournamentId === null
      ? `tags.\`${tag.role}\` = 'tournament' and attributes.status = 'FINISHED'`
      : `tags.\`${tag.tournament}\` = '${tournamentId.replaceAll("'", '')}'`;
  return tracking.searchRuns(experimentOf(metal), filter, 1000);
}

function kept(metal: Metal, reason: string, serving: ModelVersion | null): PromoteReport {
  const champion = serving?.tags[tag.model] ?? null;
  return { metal, result: 'kept', champion, version: serving?.version ?? null, former: null, reason };
}

/** The champion changed after the comparison, so the comparison says nothing about the one that serves now. */
function stale(metal: Metal, decision: StoredDecision, serving: ModelVersion | null): PromoteReport {
  const judged = decision.championVersion === null ? 'no champion' : `version ${decision.championVersion}`;
  const now = serving === null ? 'none serves' : `version ${serving.version} serves`;
  return kept(metal, `${decision.tournamentId} was judged against ${judged}, but ${now} now: train again.`, serving);
}

function gateRefused(what: string, reason: string): PlatformError {
  return new PlatformError('GATE_REFUSED', `${what} may not be promoted. ${reason}`, {
    context: { model: what },
    hint: 'Improve the model and train again, or promote it by force, on the record.',
  });
}

function unknownEntry(entry: string, decision: StoredDecision): PlatformError {
  return new PlatformError('NOT_FOUND', `${entry} took no part in ${decision.tournamentId}.`, {
    context: { entry, entries: Object.keys(decision.runs) },
    hint: `Entries: ${Object.keys(decision.runs).join(', ')}.`,
  });
}
