import type { AssayApi, ForecastPointView, RunDetail } from '../../api/contract.ts';
import { PlatformError } from '../../domain/errors.ts';
import type { CommandContext } from '../command-context.ts';
import { openSession } from '../session.ts';

/** Runs the main job once and prints one JSON document: what is there, who forecasts, and what comes next. */
export async function once(context: CommandContext, request: { readonly simulated: boolean }): Promise<void> {
  const started = performance.now();
  const session = await openSession(context, { command: 'up --once', simulated: request.simulated });
  try {
    const { runId } = await session.run('daily', { metals: 'gold' });
    const summary = await summarise(session.api, runId);
    const seconds = Math.round(performance.now() - started) / 1000;
    context.terminal.out.write(`${JSON.stringify({ ...summary, seconds })}\n`);
  } finally {
    await session.close();
  }
}

async function summarise(api: AssayApi, runId: string): Promise<Readonly<Record<string, unknown>>> {
  const [provenance, summary, months, models, forecast, run, system] = await Promise.all([
    api.provenance(),
    api.summary({ metal: 'gold' }),
    api.months('gold'),
    api.models('gold'),
    api.forecast('gold'),
    api.run(runId),
    api.system(),
  ]);
  const champion = models.versions.find((version) => version.stage === 'Production');
  const [next] = forecast.vintage?.points ?? [];
  if (champion === undefined || next === undefined) {
    throw new PlatformError('CHECK_FAILED', 'The job ended without a champion or without a forecast.', {
      context: { runId },
      hint: `Look at: assay runs ${runId}`,
    });
  }
  return {
    simulated: provenance.simulated,
    source: provenance.source,
    metal: 'gold',
    quotes: summary.quotes,
    months: months.length,
    firstDate: summary.firstDate,
    lastDate: summary.lastDate,
    champion: {
      model: champion.model,
      version: champion.version,
      stage: champion.stage,
      decision: models.tournament?.decision.outcome ?? null,
      metrics: forecast.championScores.filter(
        (score) => score.block === 'report' && [1, 7, 14].includes(score.horizon),
      ),
    },
    next: describeNext(next),
    horizon: forecast.vintage?.points.length ?? 0,
    runId,
    steps: run.steps.map(describeStep),
    rows: system.rows,
  };
}

function describeNext(point: ForecastPointView): Readonly<Record<string, unknown>> {
  const { quantilesRubPerGram: quantiles } = point;
  return {
    date: point.targetDate,
    meanRubPerGram: point.meanRubPerGram,
    medianRubPerGram: point.medianRubPerGram,
    interval80: [quantiles['0.1'], quantiles['0.9']],
    interval95: [quantiles['0.025'], quantiles['0.975']],
  };
}

function describeStep(step: RunDetail['steps'][number]): Readonly<Record<string, unknown>> {
  const seconds = step.endedAt === null ? null : (Date.parse(step.endedAt) - Date.parse(step.startedAt)) / 1000;
  return { step: step.step, status: step.status, seconds, rowsIn: step.rowsIn, rowsOut: step.rowsOut };
}
