import type { AssayApi, MetalName, Quote } from '../../api/contract.ts';
import { PlatformError } from '../../domain/errors.ts';
import { addDays, type IsoDate, isIsoDate } from '../../domain/iso-date.ts';
import { isMetal, metals } from '../../domain/metal.ts';
import { nearestName } from '../../domain/nearest-name.ts';
import { type CommandContext, usage } from '../command-context.ts';
import type { Options } from '../define-command.ts';
import { paint, printJson, printJsonLine, printLine, printTable } from '../output.ts';
import { openSession } from '../session.ts';
import { sparkline, terminalChart } from '../terminal-chart.ts';
import { watchSeconds, watchUntilStopped } from '../watch.ts';

interface ShowRequest {
  readonly metal: MetalName | null;
  readonly last: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
  readonly isLog: boolean;
  readonly style: 'braille' | 'blocks';
  readonly height: number;
}

const spanDays: Readonly<Record<string, number>> = { '1m': 31, '3m': 92, '6m': 183, '1y': 366, '5y': 1827 };
/** Quotes of a quarter in the line of each metal. */
const glance = 60;
/** Fewer show no course. */
const narrowestGlance = 10;
/** Columns that the figures before it take. */
const besideGlance = 71;

/** Prices in the terminal: all metals in a line each, or one as a chart over a range. */
export async function show(context: CommandContext, options: Options, metal: string | undefined): Promise<void> {
  const request = readRequest(options, metal);
  const seconds = watchSeconds(options['watch'], 60);
  const session = await openSession(context, { command: 'show', simulated: false });
  try {
    const draw = () =>
      request.metal === null
        ? showAll(context, session.api, seconds !== null)
        : showOne(context, session.api, { ...request, metal: request.metal }, seconds !== null);
    if (seconds === null) await draw();
    else await watchUntilStopped(context.terminal, seconds, context.json || context.ndjson, draw);
  } finally {
    await session.close();
  }
}

function readRequest(options: Options, metal: string | undefined): ShowRequest {
  if (metal !== undefined && !isMetal(metal)) {
    const nearest = nearestName(metal, metals);
    const meant = nearest === null ? '' : `Did you mean ${nearest}? `;
    throw usage(`"${metal}" is not a metal the Bank prices.`, `${meant}Metals: ${metals.join(', ')}.`);
  }
  const { from, to } = options as { from?: string; to?: string };
  for (const day of [from, to]) {
    if (day !== undefined && !isIsoDate(day)) {
      throw usage(`"${day}" is not a date.`, 'Write dates as YYYY-MM-DD, for example 2025-06-28.');
    }
  }
  if (from !== undefined && to !== undefined && from > to) {
    throw usage(`The range runs backwards: ${from} is after ${to}.`, 'Swap --from and --to.');
  }
  const height = Number(options['height']);
  if (!Number.isInteger(height) || height < 5 || height > 200) {
    throw usage(`--height is "${String(options['height'])}".`, 'Give rows of the chart in 5..200.');
  }
  const style = options['style'] === 'blocks' ? 'blocks' : 'braille';
  return {
    metal: metal ?? null,
    last: String(options['last']),
    from,
    to,
    isLog: options['log'] === true,
    style,
    height,
  };
}

async function showAll({ terminal, json, ndjson }: CommandContext, api: AssayApi, isWatched: boolean): Promise<void> {
  const views = await Promise.all(metals.map((metal) => api.today(metal)));
  if (views.every(({ last }) => last === null)) throw nothingYet('any metal');
  if (ndjson) for (const view of views) printJsonLine(terminal, view);
  else if (json && isWatched) printJsonLine(terminal, views);
  else if (json) printJson(terminal, views);
  else {
    await sayIfSimulated(terminal, api);
    const shown = Math.max(narrowestGlance, Math.min(glance, terminal.width - besideGlance));
    printTable(
      terminal,
      ['metal', 'for', 'RUB/g', 'change', '%', 'year low', 'year high', `last ${shown} quotes`],
      views.map(({ metal, last, yearLow, yearHigh, recent }) => [
        metal,
        last?.date ?? '–',
        last?.buyRubPerGram ?? null,
        last?.changeRub ?? null,
        last === null || last.changePercent === null ? null : Number(last.changePercent.toFixed(2)),
        yearLow,
        yearHigh,
        sparkline(recent.slice(-shown).map(({ buyRubPerGram }) => buyRubPerGram)),
      ]),
    );
  }
}

async function showOne(
  { terminal, json, ndjson }: CommandContext,
  api: AssayApi,
  request: ShowRequest & { readonly metal: MetalName },
  isWatched: boolean,
): Promise<void> {
  const { metal } = request;
  const range = await rangeOf(request, api);
  const [quotes, summary] = await Promise.all([api.quotes({ metal, ...range }), api.summary({ metal, ...range })]);
  const [first, last] = [quotes[0], quotes.at(-1)];
  if (first === undefined || last === undefined) throw nothingYet(metal, range);
  if (ndjson) {
    for (const quote of quotes) printJsonLine(terminal, quote);
    return;
  }
  if (json) {
    (isWatched ? printJsonLine : printJson)(terminal, { metal, ...range, summary, quotes });
    return;
  }
  await sayIfSimulated(terminal, api);
  printLine(terminal, paint(terminal, 'bold', `${metal}, RUB per gram, ${first.date} .. ${last.date}`));
  for (const line of chartOf(quotes, request, terminal.width)) printLine(terminal, line);
  const change = (100 * (last.buyRubPerGram - first.buyRubPerGram)) / first.buyRubPerGram;
  const volatility =
    summary.volatilityPercent === null ? '' : `, volatility ${summary.volatilityPercent.toFixed(1)}% a year`;
  printLine(
    terminal,
    `last ${last.buyRubPerGram.toFixed(2)}, ${change >= 0 ? '+' : ''}${change.toFixed(2)}% over ${quotes.length} quotes; ` +
      `min ${summary.minRubPerGram?.toFixed(2)}, max ${summary.maxRubPerGram?.toFixed(2)}${volatility}`,
  );
}

/** `--from` and `--to` as given; without them the span back from the last quote. */
async function rangeOf(
  { metal, last, from, to }: ShowRequest & { readonly metal: MetalName },
  api: AssayApi,
): Promise<{ from?: string; to?: string }> {
  if (from !== undefined || to !== undefined) return { ...(from && { from }), ...(to && { to }) };
  const days = spanDays[last];
  if (days === undefined) return {};
  const { last: newest } = await api.today(metal);
  return newest === null ? {} : { from: addDays(newest.date as IsoDate, -days) };
}

function chartOf(quotes: readonly Quote[], { isLog, style, height }: ShowRequest, width: number): string[] {
  const dayMs = 86_400_000;
  return terminalChart({
    points: quotes.map(({ date, buyRubPerGram }) => ({ day: Date.parse(date) / dayMs, value: buyRubPerGram })),
    width: Math.min(width, 100),
    height,
    isLog,
    style,
    formatValue: (value) => value.toFixed(value < 1000 ? 2 : 0),
    formatDay: (day) => new Date(day * dayMs).toISOString().slice(0, 10),
  });
}

async function sayIfSimulated(terminal: CommandContext['terminal'], api: AssayApi): Promise<void> {
  const { simulated } = await api.provenance();
  if (simulated) printLine(terminal, paint(terminal, 'yellow', 'SIMULATED: not prices of the Bank of Russia.'));
}

function nothingYet(metal: string, { from, to }: { from?: string; to?: string } = {}): PlatformError {
  const within = from === undefined && to === undefined ? 'yet' : `in ${from ?? 'the beginning'} .. ${to ?? 'today'}`;
  return new PlatformError('NOT_FOUND', `There are no quotes of ${metal} ${within}.`, {
    context: { metal, from: from ?? null, to: to ?? null },
    hint: 'Fetch the history with: assay up --once; or look at a longer range.',
  });
}
