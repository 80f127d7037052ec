import { describe, expect, it } from 'vitest';
import { metricNames, modelFiguresSchema, modelReportSchema, reportSchema } from '../../../src/api/contract.ts';
import { metricNames as computed } from '../../../src/backtest/figures.ts';
import type { TournamentReport } from '../../../src/flows/tournament-report.ts';
import { train } from '../../../src/flows/train.ts';
import { forecastBench, models, trainRequest } from '../../support/forecast-bench.ts';

describe('the report of a tournament', () => {
  it('stands beside its run with figures, charts, the confidence set and the reasons', async () => {
    const bench = forecastBench();
    const { trackingRunId } = await train(trainRequest, bench);
    const artefacts = bench.tracking.state.runs.get(trackingRunId)!.artefacts;
    expect([...artefacts.keys()]).toEqual([
      'report.json',
      'charts/skill.svg',
      'charts/coverage.svg',
      'charts/pit.svg',
      'explanation.txt',
      'decision.json',
    ]);
    const text = (path: string) => new TextDecoder().decode(artefacts.get(path));
    const report = JSON.parse(text('report.json')) as TournamentReport;
    expect(report.blocks.report.origins).toBe(20);
    expect(report.models.map(({ model }) => model)).toEqual(models);
    for (const { figures, calibration } of report.models) {
      expect(figures.selection.map(({ horizon }) => horizon)).toEqual([1, 2, 3, 4, 5]);
      expect(figures.report[4]?.metrics.coverage80.value).toBeGreaterThan(0.2);
      expect(Object.keys(calibration!.scores)).toEqual(['split', 'aci', 'agaci', 'pid']);
    }
    const set = report.confidenceSet.selection;
    expect(set.map(({ model }) => model).sort()).toEqual([...models].sort());
    expect(set.at(-1)).toMatchObject({ pValue: 1, inSet: true });
    const drift = report.judgement.verdicts.find(({ model }) => model === 'drift');
    expect(drift).toMatchObject({ code: 'not-better-than-naive', figures: { level: 0.025 } });
    expect(drift?.byHorizon).toHaveLength(5);
    for (const path of ['charts/skill.svg', 'charts/coverage.svg', 'charts/pit.svg']) {
      expect(text(path)).toMatch(/^<svg .*<\/svg>\n$/);
    }
    expect(text('explanation.txt')).toMatch(
      /drift did not pass: not shown to be better than naive .*needed p <= 0\.0250/,
    );
    expect(text('explanation.txt')).toMatch(/h +WIS +naive +against naive +p naive +p conditional/);
  });

  it('is kept for readers in the shapes of the contract', async () => {
    const bench = forecastBench();
    await train(trainRequest, bench);
    const [kept] = bench.forecasts.state.tournaments.values();
    const { summary, models: described, figures } = kept!.report;
    const { tournamentId, startedAt, cutoff, horizon } = kept!.tournament;
    const report = reportSchema.parse({
      tournamentId,
      startedAt,
      cutoff,
      horizon,
      step: (summary['settings'] as { step: number }).step,
      champion: 'naive',
      ...summary,
    });
    expect(report.blocks.report.cutoffs).toHaveLength(20);
    expect(report.blocks.report.cutoffs.at(-1)).toBe(report.blocks.report.to);
    expect([...metricNames]).toEqual([...computed]);
    for (const { figures: own, ...place } of figures) modelFiguresSchema.strict().parse({ ...place, ...own });
    expect(figures).toHaveLength(models.length * 2 * 5);
    const shape = modelReportSchema.pick({ catalogueModel: true, parameters: true, calibration: true, losses: true });
    for (const { model, summary: own } of described) {
      const { losses } = shape.parse(own);
      expect(losses.report).toHaveLength(20);
      const mean = losses.selection.reduce((sum, loss) => sum + loss, 0) / losses.selection.length;
      const verdict = kept!.tournament.decision.reasons.find((reason) => reason.model === model);
      expect(mean).toBeCloseTo(verdict!.figures!['relativeScore']!, 4);
    }
  });

  it('keeps the reasons as data with the decision', async () => {
    const bench = forecastBench();
    await train(trainRequest, bench);
    const [{ tournament } = { tournament: null }] = bench.forecasts.state.tournaments.values();
    const reasons = tournament!.decision.reasons;
    const naive = reasons.find(({ model }) => model === 'naive');
    expect(naive).toMatchObject({ code: 'passed', faults: [], figures: { relativeScore: 1, pAgainstNaive: null } });
    for (const { code, faults, passed } of reasons) expect(passed ? 'passed' : faults![0]).toBe(code);
  });
});
