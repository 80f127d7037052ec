import { describe, expect, it } from 'vitest';
import { createMlflowArchive } from '../../src/adapters/tracking/mlflow-archive.ts';
import { createMlflowTracking } from '../../src/adapters/tracking/mlflow-client.ts';
import { instant } from '../../src/domain/moscow-time.ts';
import { drawCharts } from '../../src/flows/draw-charts.ts';
import { forecast } from '../../src/flows/forecast.ts';
import { movesOf } from '../../src/flows/model-registry.ts';
import { promote } from '../../src/flows/promote.ts';
import { rollback } from '../../src/flows/rollback.ts';
import { train } from '../../src/flows/train.ts';
import { forecastBench, forecastRequest, trainRequest } from '../support/forecast-bench.ts';
import { randomWalk } from '../support/random-walk.ts';

const settings = { ...trainRequest.settings, selectionOrigins: 250 };
const request = { ...trainRequest, settings };

/** What the flows left on a server and forecast from it: the same wherever they ran. */
export interface FlowsOutcome {
  readonly counts: Awaited<ReturnType<typeof countsOf>>;
  readonly first: readonly number[];
  readonly promoted: readonly number[];
  readonly rolledBack: readonly number[];
}

/**
 * What the flows do over a tracking server of any kind; it must be one on which they never ran before. The outcome is
 * there when the test has passed.
 */
export function trackingFlowsContract(name: string, open: () => Promise<string>): () => FlowsOutcome | null {
  let outcome: FlowsOutcome | null = null;
  describe(`the flows over ${name}`, () => {
    it('train, promote, forecast, roll back and refuse a damaged model', async () => {
      const url = await open();
      const tracking = createMlflowTracking({ url, clock: { now: () => instant(1_750_000_000_000) } });
      // A made series with a drift that is there: drift beats naive.
      const bench = { ...forecastBench({ values: randomWalk(900, 4, 0.01) }), tracking };
      let runs = 0;
      const ports = () => {
        bench.clock.advance(1000);
        runs += 1;
        return { ...bench, step: { ...bench.step, runId: `run-${runs}` } };
      };
      const medians = async () => {
        const report = await forecast({ ...forecastRequest, settings }, ports());
        const latest = await bench.forecasts.latestVintage('gold');
        const medians = latest?.points.map((point) => point.medianRubPerGram) ?? [];
        return { model: report.model, medians, report };
      };

      const first = await train({ ...request, models: ['naive'] }, ports());
      expect(first).toMatchObject({ outcome: 'first', champion: 'naive' });
      expect(await promote({ metal: 'gold', by: 'schedule' }, ports())).toMatchObject({ version: 1 });
      const before = await medians();

      const second = await train({ ...request, models: ['naive', 'drift'] }, ports());
      expect(second).toMatchObject({ outcome: 'promoted', champion: 'drift' });
      expect(await promote({ metal: 'gold', by: 'schedule' }, ports())).toMatchObject({ version: 2, former: 1 });
      const after = await medians();
      expect([before.model, after.model]).toEqual(['naive', 'drift']);
      expect(after.medians).not.toEqual(before.medians);

      await rollback({ metal: 'gold', by: 'Anna', reason: 'to see it return' }, ports());
      const returned = await medians();
      expect(returned.medians).toEqual(before.medians);
      expect((await tracking.versionByAlias('assay-gold', 'champion'))?.version).toBe(1);

      expect(await promote({ metal: 'gold', version: 2, by: 'Anna', reason: 'again' }, ports())).toMatchObject({
        result: 'promoted',
        version: 2,
      });
      const [drift, naive] = await tracking.versions('assay-gold');
      expect([naive?.stage, drift?.stage]).toEqual(['Archived', 'Production']);
      expect(movesOf(drift!).map(({ to, by, reason }) => [to, by, reason])).toContainEqual([
        'Production',
        'Anna',
        'again',
      ]);
      await tracking.putArtefact(drift!.runId, 'model/model.json', new TextEncoder().encode('{"format":1}'));
      const damaged = await medians();
      expect(damaged.report.damagedVersions).toEqual([2]);
      expect(damaged).toMatchObject({ model: 'naive', medians: before.medians });
      expect(bench.step.notes.join('\n')).toMatch(/DAMAGED MODEL.*SHA-256/);
      await expect(promote({ metal: 'gold', version: 2, force: true, by: 'x' }, ports())).resolves.toMatchObject({
        result: 'unchanged',
      });

      for (const { tournamentId } of [first, second]) await drawCharts({ metal: 'gold', tournamentId }, ports());
      const counts = await countsOf(url, 'assay/gold/tournament');
      expect(counts).toEqual(expectedCounts);
      outcome = { counts, first: before.medians, promoted: after.medians, rolledBack: returned.medians };
    }, 180_000);
  });
  return () => outcome;
}

/** The same on every server: two tournaments, three candidates. */
const expectedCounts = { runs: 5, params: 71, metrics: 85, points: 4336, inputs: 5, artefacts: 39 };

async function countsOf(url: string, experiment: string) {
  const archive = createMlflowArchive({ url });
  const counts = { runs: 0, params: 0, metrics: 0, points: 0, inputs: 0, artefacts: 0 };
  for await (const { experimentId, name } of archive.experiments()) {
    if (name !== experiment) continue;
    for await (const runs of archive.runs(experimentId)) {
      for (const run of runs) {
        counts.runs += 1;
        counts.params += run.params.length;
        counts.inputs += run.inputs.length;
        counts.metrics += run.metricKeys.length;
        for (const key of run.metricKeys) {
          for await (const points of archive.metricHistory(run.runId, key)) counts.points += points.length;
        }
        for await (const _ of archive.artefacts(run.runId)) counts.artefacts += 1;
      }
    }
  }
  return counts;
}
