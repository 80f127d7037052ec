import { writeFile } from 'node:fs/promises';
import { quantileLevels } from '../../domain/forecaster.ts';
import { type DateRange, isIsoDate } from '../../domain/iso-date.ts';
import type { Metal } from '../../domain/metal.ts';
import { type BacktestReport, type BacktestRequest, backtest as runBacktest } from '../../flows/backtest.ts';
import { catalogueNames } from '../../flows/catalogue-names.ts';
import { type CommandContext, usage } from '../command-context.ts';
import { type Cell, printJson, printJsonLine, printLine, printTable, say } from '../output.ts';
import { openSession } from '../session.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

const seed = 20_080_702;
const longestHorizon = 250;
const header = [
  'model',
  'origin_known_at',
  'cutoff',
  'target_date',
  'horizon',
  'mean',
  'median',
  ...quantileLevels.filter((level) => level !== 0.5).map((level) => `q${level}`),
  'actual',
];

/** Forecasts past quotes from everything as known at each origin; CSV to a file or to stdout, or a JSON summary. */
export async function backtest(context: CommandContext, options: Options): Promise<void> {
  const request = readRequest(options);
  const session = await openSession(context, { command: 'backtest', simulated: false });
  try {
    const started = performance.now();
    const report = await runBacktest(request, {
      market: session.composition.ports.market,
      note: (message) => say(context.terminal, message),
    });
    const seconds = Math.round(performance.now() - started) / 1000;
    const out = options['out'];
    if (typeof out === 'string') {
      await writeFile(out, csvOf(report));
      say(context.terminal, `Wrote ${out}: ${report.rows.length} forecasts.`);
    }
    const { rows, ...summary } = report;
    if (context.ndjson) for (const row of rows) printJsonLine(context.terminal, row);
    else if (context.json) {
      printJson(context.terminal, { ...request, ...summary, rows: rows.length, out: out ?? null, seconds });
    } else if (typeof out === 'string') printSummary(context, report);
    else context.terminal.out.write(csvOf(report));
  } finally {
    await session.close();
  }
}

function readRequest(options: Options): BacktestRequest {
  const clock = String(options['at']);
  if (!/^(?:[01]\d|2[0-3]):[0-5]\d$/.test(clock)) {
    throw usage(`--at is "${clock}".`, 'Give a time of day in Moscow as HH:MM, for example 18:15.');
  }
  const drivers = options['drivers'] === 'none' ? 'none' : 'all';
  const horizon = Number(options['horizon']);
  if (!Number.isInteger(horizon) || horizon < 1 || horizon > longestHorizon) {
    throw usage(`--horizon is "${String(options['horizon'])}".`, `Give a whole number in 1..${longestHorizon}.`);
  }
  return {
    metal: options['metal'] as Metal,
    range: readRange(String(options['from']), String(options['to'])),
    models: catalogueNames(String(options['models'])),
    drivers,
    clock,
    horizon,
    seed,
  };
}

function readRange(from: string, to: string): DateRange {
  for (const text of [from, to]) {
    if (!isIsoDate(text)) throw usage(`"${text}" is not a date.`, 'Write dates as YYYY-MM-DD, for example 2025-06-28.');
  }
  if (from > to) throw usage(`The range runs backwards: ${from} is after ${to}.`, 'Swap --from and --to.');
  return { from, to } as DateRange;
}

/** Figures with at most 6 decimals; empty where there is none. */
function csvOf({ rows }: BacktestReport): string {
  const figure = (value: number | null | undefined) =>
    value === null || value === undefined || Number.isNaN(value) ? '' : String(Number(value.toFixed(6)));
  const median = quantileLevels.indexOf(0.5);
  const lines = rows.map((row) =>
    [
      row.model,
      row.originKnownAt,
      row.cutoff,
      row.targetDate,
      row.horizon,
      figure(row.mean),
      figure(row.quantiles[median]),
      ...row.quantiles.filter((_, level) => level !== median).map(figure),
      figure(row.actual),
    ].join(','),
  );
  return `${[header.join(','), ...lines].join('\n')}\n`;
}

function printSummary({ terminal }: CommandContext, report: BacktestReport): void {
  const round = (value: number | null, digits: number): number | null =>
    value === null ? null : Number(value.toFixed(digits));
  const rows = report.models.flatMap(({ model, horizons }) =>
    horizons.map((one): Cell[] => [
      model,
      one.horizon,
      one.scored,
      round(one.rmse, 3),
      round(one.mae, 3),
      round(one.rmseOfNaive, 4),
      round(one.skillVsNaive, 4),
      round(one.coverage80, 3),
      round(one.coverage95, 3),
    ]),
  );
  const headings = ['model', 'h', 'scored', 'RMSE', 'MAE', 'RMSE/naive', 'skill', 'cover80', 'cover95'];
  printTable(terminal, headings, rows);
  for (const { model, failures, failure } of report.models) {
    if (failures > 0) printLine(terminal, `${model} failed at ${failures} origins: ${failure}`);
  }
}
