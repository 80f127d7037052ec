import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/domain/errors.ts';
import type { Tracking } from '../../src/ports/tracking.ts';

/** What every tracking server owes the flows; `open` gives a client of a running one. */
export function trackingContract(name: string, open: () => Promise<Tracking>): void {
  describe(`Tracking over ${name}`, () => {
    // Names of its own, so that a server that is not thrown away can be used again.
    const unique = createHash('sha256')
      .update(`${process.pid} ${performance.timeOrigin} ${name}`)
      .digest('hex')
      .slice(0, 12);
    const experiment = `contract-${unique}`;
    const model = `contract-model-${unique}`;
    let tracking: Tracking;

    beforeAll(async () => {
      tracking = await open();
    });

    const startRun = (title: string, more: { parentRunId?: string; tags?: Record<string, string> } = {}) =>
      tracking.startRun({ experiment, name: title, startedAtMs: 1_750_000_000_000, ...more });

    it('keeps parameters, metrics, tags, status and times of a run', async () => {
      const parent = await startRun('parent');
      const runId = await startRun('child', { parentRunId: parent, tags: { 'assay.kind': 'model' } });
      await tracking.logBatch(runId, {
        params: { window: 'expanding', 'note/метка': 'да' },
        metrics: [
          { key: 'mae', value: 3, step: 1, timestampMs: 20 },
          { key: 'mae', value: 2.5, step: 2, timestampMs: 10 },
          { key: 'empty', value: Number.NaN, step: -1, timestampMs: 5 },
        ],
        tags: { 'assay.model': 'theta' },
      });
      await tracking.finishRun(runId, 'FINISHED', 1_750_000_001_000);
      const [found] = await tracking.searchRuns(experiment, `tags.\`mlflow.parentRunId\` = '${parent}'`, 10);
      expect(found).toMatchObject({
        runId,
        name: 'child',
        status: 'FINISHED',
        startedAtMs: 1_750_000_000_000,
        endedAtMs: 1_750_000_001_000,
        params: { window: 'expanding', 'note/метка': 'да' },
        metrics: { mae: 2.5, empty: Number.NaN },
        tags: { 'assay.kind': 'model', 'assay.model': 'theta', 'mlflow.parentRunId': parent },
      });
    });

    it('refuses another value of a parameter and keeps nothing of that batch', async () => {
      const runId = await startRun('params');
      await tracking.logBatch(runId, { params: { depth: '3' } });
      await tracking.logBatch(runId, { params: { depth: '3' } });
      const changed = tracking.logBatch(runId, {
        params: { depth: '4', other: '1' },
        metrics: [{ key: 'm', value: 1, step: 0, timestampMs: 0 }],
      });
      await expect(changed).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      const [run] = await tracking.searchRuns(experiment, `attributes.run_id = '${runId}'`, 1);
      expect(run?.params).toEqual({ depth: '3' });
      expect(run?.metrics).toEqual({});
    });

    it('logs more than one request may carry', async () => {
      const runId = await startRun('large');
      const params = Object.fromEntries(Array.from({ length: 130 }, (_, index) => [`p${index}`, String(index)]));
      const metrics = Array.from({ length: 1700 }, (_, step) => ({
        key: 'loss',
        value: step / 2,
        step,
        timestampMs: step,
      }));
      await tracking.logBatch(runId, { params, metrics });
      const [run] = await tracking.searchRuns(experiment, `attributes.run_id = '${runId}'`, 1);
      expect(Object.keys(run?.params ?? {})).toHaveLength(130);
      expect(run?.metrics).toEqual({ loss: 1699 / 2 });
    });

    it('searches by metrics, parameters and tags together, and no more than asked', async () => {
      for (const [index, error] of [5, 1, 3].entries()) {
        const runId = await startRun(`search-${index}`, { tags: { group: 'search' } });
        await tracking.logBatch(runId, {
          params: { index: String(index) },
          metrics: [{ key: 'error', value: error, step: 0, timestampMs: 0 }],
        });
      }
      const names = async (filter: string, limit = 10) =>
        (await tracking.searchRuns(experiment, filter, limit)).map((run) => run.name).sort();
      expect(await names("tags.group = 'search' and metrics.error <= 3")).toEqual(['search-1', 'search-2']);
      expect(await names("tags.group LIKE 'sea%' AND params.index != '1'")).toEqual(['search-0', 'search-2']);
      expect(await names("tags.group = 'search'", 2)).toHaveLength(2);
      await expect(names('metrics.error >')).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      expect(await tracking.searchRuns(`${experiment}-unknown`, '', 10)).toEqual([]);
    });

    it('returns artefacts byte for byte, replaced when put again', async () => {
      const runId = await startRun('artefacts');
      const bytes = Uint8Array.from({ length: 70_000 }, (_, index) => (index * 7) % 256);
      await tracking.putArtefact(runId, 'model/прогноз 1.json', new TextEncoder().encode('{}'));
      await tracking.putArtefact(runId, 'model/прогноз 1.json', bytes);
      expect(await tracking.getArtefact(runId, 'model/прогноз 1.json')).toEqual(bytes);
      await expect(tracking.getArtefact(runId, 'model/none.json')).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });

    it('registers once per run, promotes with the former archived, and finds by alias', async () => {
      const first = await startRun('first');
      const second = await startRun('second');
      for (const runId of [first, second]) {
        await tracking.putArtefact(runId, 'model/MLmodel', new TextEncoder().encode('flavors: {}\n'));
      }
      expect(await tracking.versions(model)).toEqual([]);
      expect(await tracking.versionByAlias(model, 'champion')).toBeNull();
      const one = await tracking.registerVersion(model, first, 'model', { 'assay.model': 'ses' });
      expect(one).toMatchObject({ name: model, version: 1, runId: first, tags: { 'assay.model': 'ses' } });
      expect(await tracking.registerVersion(model, first, 'model', {})).toEqual(one);
      const two = await tracking.registerVersion(model, second, 'model', {});
      expect(two.version).toBe(2);

      await tracking.transition(model, 1, 'Production', true);
      const promoted = await tracking.transition(model, 2, 'Production', true);
      expect(promoted).toMatchObject({ version: 2, stage: 'Production' });
      expect((await tracking.versions(model)).map(({ version, stage }) => [version, stage])).toEqual([
        [2, 'Production'],
        [1, 'Archived'],
      ]);

      await tracking.setAlias(model, 'champion', 2);
      await tracking.setVersionTag(model, 2, 'reason', 'better than naive');
      expect(await tracking.versionByAlias(model, 'champion')).toMatchObject({
        version: 2,
        tags: { reason: 'better than naive' },
      });
      expect(await tracking.versionByAlias(model, 'other')).toBeNull();
      await tracking.setAlias(model, 'champion', 1);
      expect((await tracking.versionByAlias(model, 'champion'))?.version).toBe(1);
    });

    it('names what does not exist', async () => {
      const missing = tracking.logBatch('0123456789abcdef0123456789abcdef', { tags: { a: 'b' } });
      await expect(missing).rejects.toBeInstanceOf(PlatformError);
      await expect(missing).rejects.toMatchObject({ code: 'NOT_FOUND' });
      await expect(tracking.transition(model, 99, 'Staging', false)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    });
  });
}
