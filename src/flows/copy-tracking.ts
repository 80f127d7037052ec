import type {
  ArchivedExperiment,
  ArchivedModel,
  ArchivedRun,
  ArchivedVersion,
  KeyValue,
  TrackingArchive,
} from '../ports/tracking-archive.ts';

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

export interface CopyCounts {
  experiments: number;
  runs: number;
  params: number;
  tags: number;
  metricPoints: number;
  inputs: number;
  artefacts: number;
  artefactBytes: number;
  registeredModels: number;
  modelVersions: number;
  aliases: number;
}

/**
 * Copies active experiments with their runs, and registered models with their versions, stages and aliases. Servers give
 * runs ids of their own, so each copy carries the tag `assay.copied_from` with the id it came from, and tags that name
 * a copied run name its copy. Whatever was cut off is found by that tag and finished; what was copied whole and has not
 * changed since is left alone. Version numbers stay what they were wherever the name was free at the target.
 */
export async function copyTracking(ports: CopyTrackingPorts): Promise<CopyTrackingReport> {
  const { from, to } = ports;
  const report = { from: from.address, to: to.address, found: noCounts(), copied: noCounts() };
  const copies: Copies = new Map();
  for await (const experiment of from.experiments()) await copyExperiment(experiment, copies, report, ports);
  for await (const model of from.models()) await copyModel(model, copies, report, ports);
  return report;
}

const copiedFrom = 'assay.copied_from';
/** Status and end of the source when its copy was complete. */
const copiedWhole = 'assay.copied_whole';
const filler = 'assay.filler';

/** Copied runs by the id of their source. */
type Copies = Map<string, { readonly runId: string; readonly artifactUri: string; readonly sourceUri: string }>;

type Report = { readonly found: CopyCounts; readonly copied: CopyCounts };

async function copyExperiment(
  experiment: ArchivedExperiment,
  copies: Copies,
  report: Report,
  { from, to, onProgress }: CopyTrackingPorts,
): Promise<void> {
  const { experimentId, name, tags } = experiment;
  report.found.experiments += 1;
  const target = await to.putExperiment(name, tags);
  const known = await knownCopies(target, to);
  // All runs are made before any is filled: a tag may name a run that comes later.
  for await (const runs of from.runs(experimentId)) {
    for (const run of runs) {
      const mark = { key: copiedFrom, value: run.runId };
      const copy = known.get(run.runId) ?? (await to.createRun(target, run, mark));
      copies.set(run.runId, { ...copy, sourceUri: run.artifactUri });
    }
  }
  let written = 0;
  for await (const runs of from.runs(experimentId)) {
    for (const run of runs) {
      const isWhole = known.get(run.runId)?.whole === wholeMark(run);
      await copyRun(run, isWhole, copies, report, { from, to });
      if (!isWhole) written += 1;
    }
  }
  if (written > 0) report.copied.experiments += 1;
  onProgress(`${name}: ${written} runs copied`);
}

async function knownCopies(
  experimentId: string,
  to: TrackingArchive,
): Promise<Map<string, { runId: string; artifactUri: string; whole: string | undefined }>> {
  const known = new Map<string, { runId: string; artifactUri: string; whole: string | undefined }>();
  for await (const runs of to.runs(experimentId)) {
    for (const { runId, artifactUri, tags } of runs) {
      const source = tagOf(tags, copiedFrom);
      if (source !== undefined) known.set(source, { runId, artifactUri, whole: tagOf(tags, copiedWhole) });
    }
  }
  return known;
}

/** A run that still goes on has no whole copy. */
function wholeMark({ status, endTime }: ArchivedRun): string | null {
  return status === 'RUNNING' || status === 'SCHEDULED' ? null : `${status} ${endTime ?? ''}`;
}

async function copyRun(
  run: ArchivedRun,
  isWhole: boolean,
  copies: Copies,
  { found, copied }: Report,
  { from, to }: Pick<CopyTrackingPorts, 'from' | 'to'>,
): Promise<void> {
  const target = copies.get(run.runId)?.runId ?? '';
  const counted = noCounts();
  counted.runs = 1;
  counted.params = run.params.length;
  counted.tags = run.tags.length;
  counted.inputs = run.inputs.length;
  if (!isWhole) {
    await to.logParams(target, run.params);
    await to.setTags(
      target,
      run.tags.map((tag) => renamed(tag, copies)).filter(({ key }) => key !== copiedFrom),
    );
    await to.logInputs(target, run.inputs);
  }
  for (const key of run.metricKeys) {
    for await (const points of from.metricHistory(run.runId, key)) {
      counted.metricPoints += points.length;
      if (!isWhole) await to.logPoints(target, points);
    }
  }
  for await (const path of from.artefacts(run.runId)) {
    counted.artefacts += 1;
    if (isWhole) continue;
    const bytes = await from.getArtefact(run.runId, path);
    counted.artefactBytes += bytes.length;
    await to.putArtefact(target, path, bytes);
  }
  const whole = wholeMark(run);
  if (!isWhole) {
    await to.endRun(target, run.status, run.endTime);
    if (whole !== null) await to.setTags(target, [{ key: copiedWhole, value: whole }]);
    add(copied, counted);
  }
  add(found, counted);
}

function renamed({ key, value }: KeyValue, copies: Copies): KeyValue {
  return { key, value: copies.get(value)?.runId ?? value };
}

async function copyModel(
  model: ArchivedModel,
  copies: Copies,
  { found, copied }: Report,
  { from, to, onProgress }: CopyTrackingPorts,
): Promise<void> {
  const { name, aliases } = model;
  await to.putModel(model);
  const numbers = new Map<number, number>();
  let created = 0;
  for (const version of await from.versions(name)) {
    const present = await withoutFillers(name, to);
    const mark = { key: copiedFrom, value: `${name}/${version.version}` };
    const known = present.find(({ tags }) => tagOf(tags, copiedFrom) === mark.value);
    const number = known?.version ?? (await createCopy(name, version, present, mark, copies, to));
    if (known === undefined) created += 1;
    if ((known?.stage ?? 'None') !== version.stage) await to.setStage(name, number, version.stage);
    if (known !== undefined) await to.setVersionTags(name, number, newTags(version, known));
    numbers.set(version.version, number);
  }
  for (const { alias, version } of aliases) {
    const number = numbers.get(version);
    if (number !== undefined) await to.setAlias(name, alias, number);
  }
  add(found, { ...noCounts(), registeredModels: 1, modelVersions: numbers.size, aliases: aliases.length });
  if (created > 0) add(copied, { ...noCounts(), registeredModels: 1, modelVersions: created, aliases: aliases.length });
  onProgress(`${name}: ${created} versions copied`);
}

/** A copying that was cut off may have left one; it stands for a number only. */
async function withoutFillers(name: string, to: TrackingArchive): Promise<ArchivedVersion[]> {
  const present = await to.versions(name);
  const isFiller = ({ tags }: ArchivedVersion) => tagOf(tags, filler) !== undefined;
  for (const { version } of present.filter(isFiller)) await to.deleteVersion(name, version);
  return present.filter((version) => !isFiller(version));
}

/** The next number is the one wanted, unless versions were deleted at the source: their numbers are used up first. */
async function createCopy(
  name: string,
  version: ArchivedVersion,
  present: readonly ArchivedVersion[],
  mark: KeyValue,
  copies: Copies,
  to: TrackingArchive,
): Promise<number> {
  const copy = copies.get(version.runId);
  const isOfRun = copy !== undefined && version.source.startsWith(copy.sourceUri);
  const content = {
    source: isOfRun
      ? `${copy.artifactUri.replace(/\/+$/, '')}${version.source.slice(copy.sourceUri.length)}`
      : version.source,
    runId: copy?.runId ?? '',
    description: version.description,
  };
  let next = Math.max(0, ...present.map((one) => one.version)) + 1;
  while (next < version.version) {
    const used = await to.createVersion(name, { ...content, tags: [{ key: filler, value: 'true' }] });
    await to.deleteVersion(name, used);
    next = used + 1;
  }
  return to.createVersion(name, { ...content, tags: [...version.tags, mark] });
}

function newTags(version: ArchivedVersion, known: ArchivedVersion): KeyValue[] {
  return version.tags.filter(({ key, value }) => key !== copiedFrom && tagOf(known.tags, key) !== value);
}

function tagOf(tags: readonly KeyValue[], key: string): string | undefined {
  return tags.find((tag) => tag.key === key)?.value;
}

function noCounts(): CopyCounts {
  return {
    ...{ experiments: 0, runs: 0, params: 0, tags: 0, metricPoints: 0, inputs: 0, artefacts: 0, artefactBytes: 0 },
    ...{ registeredModels: 0, modelVersions: 0, aliases: 0 },
  };
}

function add(sum: CopyCounts, more: CopyCounts): void {
  for (const name of Object.keys(more) as (keyof CopyCounts)[]) sum[name] += more[name];
}
