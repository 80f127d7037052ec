import type { FoldPlan } from '../backtest/fold-plan.ts';
import type { Folds } from '../backtest/rolling-origin.ts';
import { PlatformError } from '../domain/errors.ts';
import { type Forecast, quantileLevels } from '../domain/forecaster.ts';
import type { PriceSeries } from '../domain/quote.ts';
import type { Entry } from './tournament-folds.ts';

/** A forecast as JSON text; JSON keeps every bit of a finite double. */
export function storedForecast({ mean, quantiles }: Forecast): string {
  return JSON.stringify({ mean: [...mean], quantiles: quantiles.map((row) => [...row]) });
}

/** The forecast of such a text; throws ARTEFACT_CORRUPT when it is none. */
export function readStoredForecast(bytes: Uint8Array): Forecast {
  try {
    const { mean, quantiles } = JSON.parse(new TextDecoder().decode(bytes)) as {
      mean: number[];
      quantiles: number[][];
    };
    return { mean: Float64Array.from(mean), quantiles: quantiles.map((row) => Float64Array.from(row)) };
  } catch (cause) {
    throw new PlatformError('ARTEFACT_CORRUPT', 'The stored forecast of a model is not readable.', {
      cause,
      hint: 'Train again: the forecast is written with the model.',
    });
  }
}

/** The model folder's description in MLflow's format; the flavor is ours, and its model is JSON, never a pickle. */
export function mlModelYaml(
  run: { readonly runId: string; readonly startedAtMs: number },
  entry: Entry,
  identity: { readonly codeVersion: string; readonly cutoff: string; readonly dataHash: string },
  artefactSha256: string,
): string {
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  return [
    'artifact_path: model',
    'flavors:',
    '  assay:',
    '    data: model.json',
    '    format: 1',
    `    model: ${quoted(entry.model)}`,
    `    parameters: ${quoted(JSON.stringify(entry.parameters))}`,
    `    sha256: ${artefactSha256}`,
    `    code_version: ${quoted(identity.codeVersion)}`,
    `    cutoff: ${quoted(identity.cutoff)}`,
    `    data_hash: ${identity.dataHash}`,
    `run_id: ${run.runId}`,
    `utc_time_created: ${quoted(new Date(run.startedAtMs).toISOString().replace('T', ' ').replace('Z', ''))}`,
    '',
  ].join('\n');
}

/** Calibrated forecasts of the selection and report blocks with what came true, one line per origin and horizon. */
export function foldsCsv(folds: Folds, { dates, values }: PriceSeries, plan: FoldPlan): string {
  const blockOf = new Map<number, string>();
  for (const origin of plan.selection) blockOf.set(origin, 'selection');
  for (const origin of plan.report) blockOf.set(origin, 'report');
  const columns = ['median', 'lower80', 'upper80', 'lower95', 'upper95'];
  const levels = ([0.5, 0.1, 0.9, 0.025, 0.975] as const).map((level) => quantileLevels.indexOf(level));
  const lines = [`block,cutoff,horizon,target_date,actual,mean,${columns.join(',')}`];
  for (const [row, origin] of folds.origins.entries()) {
    const block = blockOf.get(origin);
    if (block === undefined) continue;
    for (let index = 0; index < folds.horizon; index += 1) {
      const target = origin + index + 1;
      const spread = levels.map(
        (level) => folds.quantiles[(row * quantileLevels.length + level) * folds.horizon + index],
      );
      const figures = [values[target], folds.mean[row * folds.horizon + index], ...spread];
      const texts = figures.map((figure) => (figure === undefined || Number.isNaN(figure) ? '' : figure.toFixed(4)));
      lines.push([block, dates[origin], index + 1, dates[target], ...texts].join(','));
    }
  }
  return `${lines.join('\n')}\n`;
}
