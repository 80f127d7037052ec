import type { ArchivedExperiment, TrackingArchive } from '../ports/tracking-archive.ts';
import { copyLoggedModel, isWholeModel, knownModels, loggedModelsOf, type SourceModel } from './copy-logged-models.ts';
import { add, type CopyCounts, type CopyRecord, newRecord, type Sides } from './copy-record.ts';
import { copyModel } from './copy-registry.ts';
import { copyRun, createRuns, isWholeRun, type KnownRun, knownRuns } from './copy-runs.ts';

export interface CopyTrackingPorts {
  readonly from: TrackingArchive;
  readonly to: TrackingArchive;
  /** Told a line per experiment and model. */
  readonly onProgress: (line: string) => void;
}

/** What is at the source, and how much of it this copying wrote; JSON. */
export interface CopyTrackingReport {
  readonly from: string;
  readonly to: string;
  readonly found: CopyCounts;
  /** Without what an earlier copying had brought whole. */
  readonly copied: CopyCounts;
}

/**
 * Copies experiments with their runs and logged models, and registered models with their versions, stages and aliases;
 * what is deleted is copied and then deleted. Servers give runs ids of their own, so each copy carries the tag
 * `assay.copied_from` with the id it came from, and tags that name a copied run name its copy. Whatever was cut off is
 * found by that tag and finished; what was copied whole and has not changed since is left alone. Version numbers stay
 * what they were wherever the name was free at the target.
 */
export async function copyTracking(ports: CopyTrackingPorts): Promise<CopyTrackingReport> {
  const { from, to, onProgress } = ports;
  const record = newRecord();
  for await (const experiment of from.experiments()) {
    const written = await copyExperiment(experiment, record, ports);
    onProgress(`${experiment.name}: ${written} runs copied`);
  }
  for await (const model of from.models()) {
    const created = await copyModel(model, record, ports);
    onProgress(`${model.name}: ${created} versions copied`);
  }
  for (const close of record.closings) await close();
  const lost = record.found.loggedModels - record.models.size;
  if (lost > 0) onProgress(`${to.address} takes no logged models: ${lost} are not copied.`);
  return { from: from.address, to: to.address, found: record.found, copied: record.copied };
}

/** Tells how many runs were written. */
async function copyExperiment(experiment: ArchivedExperiment, record: CopyRecord, sides: Sides): Promise<number> {
  const { from, to } = sides;
  const models = await loggedModelsOf(experiment.experimentId, from);
  const target = await openTarget(experiment, models, sides);
  const { experimentId, known } = target;
  await createRuns(experiment.experimentId, experimentId, known.runs, record, sides);
  let writtenModels = 0;
  for (const model of models) {
    const isWritten = await copyLoggedModel(model, experimentId, known.models.get(model.modelId), record, sides);
    if (isWritten) writtenModels += 1;
  }
  let written = 0;
  for await (const runs of from.runs(experiment.experimentId)) {
    for (const run of runs) if (await copyRun(run, known.runs.get(run.runId), record, sides)) written += 1;
  }
  const counted = { experiments: 1, deletedExperiments: experiment.isDeleted ? 1 : 0 };
  const closes = experiment.isDeleted && !target.isDeleted;
  add(record.found, counted);
  if (written + writtenModels > 0 || closes) add(record.copied, counted);
  if (closes) record.closings.push(() => to.deleteExperiment(experimentId));
  return written;
}

interface Known {
  readonly runs: ReadonlyMap<string, KnownRun>;
  readonly models: ReadonlyMap<string, SourceModel>;
}

interface Target {
  readonly experimentId: string;
  readonly isDeleted: boolean;
  readonly known: Known;
}

/** The experiment of that name. A deleted one takes nothing: it is brought back where something is missing. */
async function openTarget(
  { experimentId: source, name, tags }: ArchivedExperiment,
  models: readonly SourceModel[],
  { from, to }: Sides,
): Promise<Target> {
  const { experimentId, isDeleted: wasDeleted } = await to.putExperiment(name);
  const known = await knownAt(experimentId, to);
  if (wasDeleted && !(await isLacking(source, models, known, from))) {
    return { experimentId, isDeleted: true, known };
  }
  if (wasDeleted) await to.restoreExperiment(experimentId);
  await to.setExperimentTags(experimentId, tags);
  // With an experiment its runs came back too.
  return {
    experimentId,
    isDeleted: false,
    known: wasDeleted ? await knownAt(experimentId, to) : known,
  };
}

async function knownAt(experimentId: string, to: TrackingArchive): Promise<Known> {
  return { runs: await knownRuns(experimentId, to), models: await knownModels(experimentId, to) };
}

async function isLacking(
  experimentId: string,
  models: readonly SourceModel[],
  known: Known,
  from: TrackingArchive,
): Promise<boolean> {
  if (models.some((model) => !isWholeModel(model, known.models.get(model.modelId)))) return true;
  for await (const runs of from.runs(experimentId)) {
    if (runs.some((run) => !isWholeRun(run, known.runs.get(run.runId)))) return true;
  }
  return false;
}
