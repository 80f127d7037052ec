import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { createMlflowArchive } from '../../src/adapters/tracking/mlflow-archive.ts';
import { createMlflowTracking } from '../../src/adapters/tracking/mlflow-client.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import { loggedModelsOf, type SourceModel } from '../../src/flows/copy-logged-models.ts';
import { copyTracking } from '../../src/flows/copy-tracking.ts';
import type { TrackingArchive } from '../../src/ports/tracking-archive.ts';
import { Crash, onPowerLine, type PowerLine } from '../support/crashing-ports.ts';

const clock = { now: () => instant(1_750_000_000_000) };
const silent = () => undefined;
const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

/** Copying between two kinds of servers, `open` giving their addresses: whole, resumable, and never double. */
export function trackingCopyContract(
  name: string,
  open: () => Promise<{ readonly from: string; readonly to: string }>,
): void {
  describe(`copying ${name}`, () => {
    // Names of its own, so that a server that is not thrown away can be used again.
    const unique = createHash('sha256').update(`${process.pid} ${performance.timeOrigin} ${name}`).digest('hex');
    const [experiment, model] = [`copied-${unique.slice(0, 12)}`, `copied-model-${unique.slice(0, 12)}`];

    it('brings all of it, cut off anywhere and repeated, once', async () => {
      const { from, to } = await open();
      await fill(from, experiment, model);
      const source = only(createMlflowArchive({ url: from }), experiment, model);
      const target = createMlflowArchive({ url: to });
      const line: PowerLine = { count: 0, cutAfter: 0, onEffect: silent };
      let cuts = 0;
      for (;;) {
        // A little further each time, and then to the end.
        Object.assign(line, { count: 0, cutAfter: cuts < 16 ? 3 * cuts + 1 : 0 });
        const ports = { from: source, to: onPowerLine(target, line), onProgress: silent };
        const outcome = await copyTracking(ports).catch((error: unknown) => error);
        if (!(outcome instanceof Crash)) {
          const state = { deletedExperiments: 1, deletedRuns: 2, loggedModels: 2, deletedLoggedModels: 1 };
          expect(outcome).toMatchObject({ found: { experiments: 2, runs: 5, modelVersions: 3, aliases: 1, ...state } });
          break;
        }
        cuts += 1;
      }
      expect(cuts).toBeGreaterThan(4);
      expect(await contentOf(target, experiment, model)).toEqual(await contentOf(source, experiment, model));

      const again = await copyTracking({ from: source, to: target, onProgress: silent });
      expect(again.found).toMatchObject({ runs: 5, params: 130, metricPoints: 1207, inputs: 1, artefacts: 4 });
      // The run that still goes on is looked at again; nothing of it doubles.
      expect(again.copied).toMatchObject({ runs: 1, modelVersions: 0, metricPoints: 0, loggedModels: 0 });
      expect(await contentOf(target, experiment, model)).toEqual(await contentOf(source, experiment, model));
    }, 120_000);
  });
}

async function fill(url: string, experiment: string, model: string): Promise<void> {
  const tracking = createMlflowTracking({ url, clock });
  const archive = createMlflowArchive({ url });
  const start = (name: string, startedAtMs: number, more: object = {}) =>
    tracking.startRun({ experiment, name, startedAtMs, ...more });
  const parent = await start('parent', 5);
  const child = await start('child', 3, { parentRunId: parent, tags: { 'assay.kind': 'проба' } });
  await start('going on', 9);
  await tracking.logBatch(child, {
    params: Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`p${index}`, `значение ${index}`])),
    metrics: [
      ...Array.from({ length: 1200 }, (_, step) => ({ key: 'loss', value: 1 / (step + 1), step, timestampMs: step })),
      { key: 'odd', value: Number.NaN, step: -1, timestampMs: 7 },
      { key: 'odd', value: 2, step: 0, timestampMs: 7 },
      { key: 'odd', value: 3, step: 0, timestampMs: 7 },
      { key: 'odd', value: 3, step: 1, timestampMs: 7 },
    ],
  });
  const input = { name: 'gold', digest: 'd1', source: '{}', schema: '{}', profile: '{}', context: 'training' };
  await tracking.logInput(child, input);
  for (const path of ['model/model.json', 'model/deep/прогноз 1.csv', 'note.txt']) {
    await tracking.putArtefact(child, path, new TextEncoder().encode(`content of ${path}`));
  }
  await tracking.finishRun(child, 'FINISHED', 11);
  await tracking.finishRun(parent, 'FAILED', 12);
  await tracking.registerVersion(model, child, 'model', { reason: 'first' });
  const gone = { source: 's3://bucket/gone', runId: '', modelId: '', description: '', tags: [] };
  await archive.createVersion(model, gone);
  await archive.deleteVersion(model, 2);
  await tracking.registerVersion(model, parent, 'model', { reason: 'third' });
  await tracking.transition(model, 3, 'Production', true);
  await tracking.transition(model, 1, 'Archived', false);
  await tracking.setAlias(model, 'champion', 3);
  await fillLoggedModels(archive, child, model);
  await fillDeleted(url, experiment);
}

/** One that is registered, and one that is deleted though a run names it as its output. */
async function fillLoggedModels(archive: TrackingArchive, runId: string, model: string): Promise<void> {
  const experimentId = await experimentOf(archive, runId);
  const made = async (name: string, step: number) => {
    const params = [{ key: 'alpha', value: '0.5' }];
    const content = { name, modelType: 'forecaster', sourceRunId: runId, params };
    const created = await archive.createLoggedModel(experimentId, content, { key: 'made', value: name });
    const { modelId, artifactUri } = created ?? { modelId: '', artifactUri: '' };
    await archive.logModels(runId, [], [{ modelId, step }]);
    await archive.putFileAt(artifactUri, 'deep/MLmodel', new TextEncoder().encode(`model ${name}`));
    const point = { key: 'mae', value: 1.5, timestamp: 8, step, runId };
    await archive.logModelPoints(modelId, [{ ...point, dataset: { name: 'gold', digest: 'd1' } }]);
    await archive.endLoggedModel(modelId, 'LOGGED_MODEL_READY');
    return modelId;
  };
  const [kept, deleted] = [await made('kept', 4), await made('deleted', 5)];
  const version = { source: `models:/${kept}`, runId, modelId: kept, description: 'of a logged model', tags: [] };
  await archive.createVersion(model, version);
  await archive.deleteLoggedModel(deleted);
}

async function experimentOf(archive: TrackingArchive, runId: string): Promise<string> {
  for await (const { experimentId } of archive.experiments()) {
    for await (const page of archive.runs(experimentId))
      if (page.some((run) => run.runId === runId)) return experimentId;
  }
  throw new TypeError(`no experiment has the run ${runId}`);
}

async function fillDeleted(url: string, experiment: string): Promise<void> {
  const tracking = createMlflowTracking({ url, clock });
  const archive = createMlflowArchive({ url });
  const gone = await tracking.startRun({ experiment, name: 'gone', startedAtMs: 6 });
  await tracking.logBatch(gone, {
    params: {},
    metrics: [{ key: 'loss', value: 2, step: 0, timestampMs: 1 }],
    tags: {},
  });
  await tracking.putArtefact(gone, 'gone.txt', new TextEncoder().encode('still here'));
  await tracking.finishRun(gone, 'KILLED', 13);
  await archive.deleteRun(gone);
  const within = await tracking.startRun({ experiment: `${experiment}${closed}`, name: 'within', startedAtMs: 7 });
  await archive.deleteExperiment(await experimentOf(archive, within));
}

const closed = ' closed';

/** The archive with nothing but what this test put there: a server may hold more. */
function only(archive: TrackingArchive, experiment: string, model: string): TrackingArchive {
  return {
    ...archive,
    experiments: async function* () {
      for await (const one of archive.experiments())
        if (one.name === experiment || one.name === `${experiment}${closed}`) yield one;
    },
    models: async function* () {
      for await (const one of archive.models()) if (one.name === model) yield one;
    },
  };
}

/** Everything but ids, with names of runs in their place. */
async function contentOf(archive: TrackingArchive, experiment: string, model: string) {
  const scope = only(archive, experiment, model);
  const experiments: object[] = [];
  const names = new Map<string, string>();
  for await (const { experimentId, name, isDeleted } of scope.experiments()) {
    const models = await loggedModelsOf(experimentId, archive);
    for (const { modelId, name: modelName } of models) names.set(modelId, modelName);
    for await (const page of archive.runs(experimentId)) for (const run of page) names.set(run.runId, run.name);
    const runs: unknown[] = [];
    for await (const page of archive.runs(experimentId)) {
      for (const run of page) runs.push(await runContent(archive, run, names));
    }
    const logged: object[] = [];
    for (const one of models) logged.push(await loggedContent(archive, one, names));
    experiments.push({ name, isDeleted, runs, models: sortedByText(logged) });
  }
  const versions = (await archive.versions(model)).map(({ version, stage, runId, modelId, tags }) => ({
    version,
    stage,
    run: names.get(runId),
    model: names.get(modelId),
    tags: own(tags, names),
  }));
  const models: unknown[] = [];
  for await (const { aliases } of scope.models()) models.push(aliases);
  return { experiments: sortedByText(experiments), versions, models };
}

function sortedByText(items: readonly unknown[]): unknown[] {
  return items.toSorted((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1));
}

async function loggedContent(archive: TrackingArchive, model: SourceModel, names: ReadonlyMap<string, string>) {
  const files: [string, string][] = [];
  for await (const path of archive.filesAt(model.artifactUri)) {
    files.push([path, text(await archive.getFileAt(model.artifactUri, path))]);
  }
  const { name, modelType, status, isDeleted, params, metrics } = model;
  return {
    ...{ name, modelType, status, isDeleted, params, files, run: names.get(model.sourceRunId) },
    metrics: metrics.map((point) => ({ ...point, runId: names.get(point.runId) })),
    tags: own(model.tags, names),
  };
}

type Run = Parameters<typeof copyTracking>[0]['from'] extends { runs(id: string): AsyncIterable<readonly (infer R)[]> }
  ? R
  : never;

async function runContent(archive: TrackingArchive, run: Run, names: ReadonlyMap<string, string>) {
  const points: unknown[] = [];
  for (const key of [...run.metricKeys].sort()) {
    for await (const page of archive.metricHistory(run.runId, key)) points.push(...page);
  }
  const files: [string, string][] = [];
  for await (const path of archive.artefacts(run.runId)) {
    files.push([path, text(await archive.getArtefact(run.runId, path))]);
  }
  const { name, status, startTime, endTime, params, tags, inputs, isDeleted, modelOutputs } = run;
  const sorted = (items: readonly unknown[]) => items.map((item) => JSON.stringify(item)).sort();
  return {
    ...{ name, status, startTime, endTime, isDeleted, points: sorted(points), inputs: inputs.length },
    outputs: sorted(modelOutputs.map(({ modelId, step }) => [names.get(modelId), step])),
    ...{ params: sorted(params), tags: own(tags, names), files: sorted(files) },
  };
}

function own(tags: Run['tags'], names: ReadonlyMap<string, string>): string[] {
  return tags
    .filter(({ key }) => !key.startsWith('assay.copied') && key !== 'assay.startKey' && key !== 'mlflow.modelVersions')
    .map(({ key, value }) => `${key}=${names.get(value) ?? value}`)
    .sort();
}
