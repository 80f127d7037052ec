import type { Metal } from '../domain/metal.ts';
import type { StepContext } from '../ports/journal.ts';
import type { Pictures } from '../ports/pictures.ts';
import type { RunRecord, Tracking } from '../ports/tracking.ts';
import { experimentOf, tag } from './model-registry.ts';
import { chartPaths } from './tournament-report.ts';
import { backtestChartPath } from './tournament-runs.ts';

export interface DrawChartsRequest {
  readonly metal: Metal;
  readonly tournamentId: string;
}

interface DrawPorts {
  readonly tracking: Tracking;
  readonly pictures: Pictures;
  readonly step: StepContext;
}

/**
 * Draws the charts of a tournament as PNG beside their SVG, for readers that show no SVG. Apart from `train`, since nobody
 * waits for these while a forecast is due. Runs whose charts are drawn are left alone. The number of pictures drawn.
 */
export async function drawCharts(
  { metal, tournamentId }: DrawChartsRequest,
  { tracking, pictures, step }: DrawPorts,
): Promise<{ readonly pictures: number }> {
  const runs = await tracking.searchRuns(experimentOf(metal), `tags.\`${tag.tournament}\` = '${tournamentId}'`, 200);
  let drawn = 0;
  for (const run of runs.filter(({ status, tags }) => status === 'FINISHED' && tags[tag.pictures] === undefined)) {
    for (const path of chartsOf(run)) {
      const svg = new TextDecoder().decode(await tracking.getArtefact(run.runId, path));
      await tracking.putArtefact(run.runId, path.replace(/svg$/, 'png'), await pictures.png(svg));
      drawn += 1;
    }
    await tracking.logBatch(run.runId, { tags: { [tag.pictures]: 'drawn' } });
  }
  step.rows(runs.length, drawn);
  return { pictures: drawn };
}

/** Candidates that failed are no finished runs, so that each of these has its charts. */
function chartsOf({ tags }: RunRecord): readonly string[] {
  return tags[tag.role] === 'tournament' ? Object.values(chartPaths) : [backtestChartPath];
}
