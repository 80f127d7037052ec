import { createReadStream } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { composeCompute } from '../../compose.ts';
import { PlatformError } from '../../domain/errors.ts';
import { quantileLevels } from '../../domain/forecaster.ts';
import { type BenchmarkReport, benchmarkModels, benchmark as runBenchmark } from '../../flows/benchmark.ts';
import type { Panel } from '../../panel/panel.ts';
import { createPanelReader } from '../../panel/panel-reader.ts';
import { type CommandContext, usage } from '../command-context.ts';
import { type Cell, printJson, printLine, printTable, say } from '../output.ts';
import { createProgress } from '../progress.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

/** Longer than this no season or horizon of a panel makes sense. */
const LONGEST = 10_000;

/** Any panel of series through the catalogue: forecasts to a file, and scores where the future is known. No services. */
export async function benchmark(context: CommandContext, options: Options): Promise<void> {
  const horizon = wholeOption(options, 'horizon');
  const season = wholeOption(options, 'season');
  const models = namedModels(textOption(options, 'models') ?? 'auto');
  const panelFile = textOption(options, 'panel');
  if (panelFile === undefined) throw usage('Which panel?', 'Give --panel FILE.csv with the columns unique_id,ds,y.');
  const testFile = textOption(options, 'test');
  const panel = await readPanel(panelFile, undefined);
  const test = testFile === undefined ? null : await readPanel(testFile, 1);
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  process.once('SIGINT', interrupt);
  process.once('SIGTERM', interrupt);
  try {
    const started = performance.now();
    const progress = createProgress(context.terminal, 'forecasts', () => performance.now() - started);
    const report = await runBenchmark(
      { panel, test, models, horizon, season, seed: 1, seriesLimitMs: 120_000 },
      {
        compute: composeCompute(),
        signal: stop.signal,
        onProgress: progress.update,
        elapsedSeconds: () => (performance.now() - started) / 1000,
      },
    ).finally(progress.end);
    const out = textOption(options, 'out');
    if (out !== undefined) {
      await writeForecasts(out, report);
      say(context.terminal, `Wrote ${out}: ${report.forecasts.length} forecasts of ${horizon} steps.`);
    }
    print(context, report, out ?? null);
  } finally {
    process.off('SIGINT', interrupt);
    process.off('SIGTERM', interrupt);
  }
}

function textOption(options: Options, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

function namedModels(text: string): readonly string[] {
  try {
    return benchmarkModels(text);
  } catch (error) {
    // A slip of the command line, not of the data.
    if (error instanceof PlatformError)
      throw usage(error.message, error.hint ?? 'Models: auto, all, or names with commas.');
    throw error;
  }
}

function wholeOption(options: Options, name: string): number {
  const text = textOption(options, name);
  const value = Number(text);
  if (text !== undefined && /^\d+$/.test(text) && value >= 1 && value <= LONGEST) return value;
  const given = text === undefined ? 'is missing' : `is ${text}`;
  throw usage(`--${name} ${given}.`, `Give a whole number in 1..${LONGEST}, for example --${name} 13.`);
}

async function readPanel(file: string, fewest: number | undefined): Promise<Panel> {
  const reader = createPanelReader(file, fewest);
  try {
    for await (const piece of createReadStream(file, { encoding: 'utf8', highWaterMark: 1 << 18 })) {
      reader.push(piece as string);
    }
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    throw new PlatformError('INPUT_INVALID', `The panel ${file} cannot be read: ${reason}.`, {
      cause: error,
      context: { file },
      hint: 'Give the path of a CSV file with the columns unique_id,ds,y.',
    });
  }
  return reader.end();
}

async function writeForecasts(file: string, { forecasts }: BenchmarkReport): Promise<void> {
  const lines = [['unique_id', 'ds', 'model', 'mean', ...quantileLevels.map((level) => `q${level}`)].join(',')];
  for (const { id, model, ds, forecast } of forecasts) {
    for (const [h, stamp] of ds.entries()) {
      const numbers = [forecast.mean[h], ...forecast.quantiles.map((row) => row[h])];
      lines.push([quoted(id), stamp, model, ...numbers].join(','));
    }
  }
  await writeFile(file, `${lines.join('\n')}\n`);
}

function quoted(text: string): string {
  return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function print(context: CommandContext, report: BenchmarkReport, out: string | null): void {
  const { forecasts, ...rest } = report;
  if (context.json) {
    printJson(context.terminal, { ...rest, forecasts: forecasts.length, out });
    return;
  }
  const { terminal } = context;
  printLine(terminal, `${report.series} series, ${report.observations} observations, ${seconds(report.wallSeconds)} s`);
  const rows = report.models.map(({ model, forecast, failed, seconds: used, scores }): Cell[] => {
    const counted: Cell[] = [model, forecast, failed, seconds(used)];
    if (scores === null) return counted;
    const shares = [scores.coverage50, scores.coverage80, scores.coverage95].map((share) => round(100 * share, 1));
    return [
      ...counted,
      round(scores.smape, 3),
      round(scores.mase, 3),
      round(scores.owa, 3),
      ...shares,
      round(scores.wis, 3),
    ];
  });
  const scored = ['sMAPE', 'MASE', 'OWA', 'in 50%', 'in 80%', 'in 95%', 'WIS'];
  const isScored = report.models.some((one) => one.scores !== null);
  printTable(terminal, ['model', 'series', 'failed', 'fit s', ...(isScored ? scored : [])], rows);
  for (const { id, model, reason } of report.failures.slice(0, 20)) printLine(terminal, `${model} on ${id}: ${reason}`);
  if (report.failures.length > 20) printLine(terminal, `and ${report.failures.length - 20} more: see --json`);
}

function seconds(value: number): number {
  return Number(value.toFixed(2));
}

function round(value: number, digits: number): number | null {
  return Number.isNaN(value) ? null : Number(value.toFixed(digits));
}
