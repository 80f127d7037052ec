import type { ModelVersionView, Pair, PairTestView, TournamentModel, TournamentView } from '../../api/contract.ts';
import { PlatformError } from '../../domain/errors.ts';
import {
  againstNaive,
  type HorizonComparison,
  readByHorizon,
  tableNote,
  tableOf,
} from '../../flows/explain-decision.ts';
import type { CommandContext } from '../command-context.ts';
import { type Cell, printJson, printJsonLine, printLine, printTable } from '../output.ts';
import { openSession } from '../session.ts';

/** The latest tournament: every model, or those named, on the block that never chose; and the decision in words. */
export async function compare(
  context: CommandContext,
  options: Readonly<Record<string, string | boolean | undefined>>,
  named: string | string[] | undefined,
): Promise<void> {
  const metal = options['metal'] as 'gold';
  const wanted = new Set([named ?? []].flat());
  const session = await openSession(context, { command: 'compare', simulated: false });
  try {
    const { tournament, versions } = await session.api.models(metal);
    if (tournament === null) {
      throw new PlatformError('NOT_FOUND', `There is no tournament for ${metal} yet.`, {
        hint: `Run: assay train --metal ${metal}`,
      });
    }
    const models = tournament.models.filter((model) => wanted.size === 0 || wanted.has(model.model));
    const losses = await readByHorizon(tournament.trackingRunId, session.composition.ports.tracking);
    const byHorizon = (model: string) => losses?.get(model) ?? [];
    const [first, second, ...more] = wanted;
    const isPair = first !== undefined && second !== undefined && more.length === 0;
    const pair = isPair ? await session.api.pair(metal, first, second) : null;
    if (context.ndjson) {
      for (const model of models) {
        const scores = tournament.scores.filter((score) => score.model === model.model);
        printJsonLine(context.terminal, { ...model, scores, byHorizon: byHorizon(model.model) });
      }
      return;
    }
    if (context.json) {
      const reasons = tournament.decision.reasons.map((one) => ({ ...one, byHorizon: byHorizon(one.model) }));
      const decision = { ...tournament.decision, reasons };
      printJson(context.terminal, { ...tournament, models, decision, versions: chosen(versions, wanted), pair });
      return;
    }
    printScores(context, models, tournament.scores);
    printLine(context.terminal);
    for (const reason of chosen(tournament.decision.reasons, wanted)) {
      printLine(context.terminal, `${reason.passed ? '+' : '-'} ${reason.model}: ${reason.reason}`);
      // One model, or a few, are looked at closely; of all of them the table below is enough.
      const lines = wanted.size === 0 ? [] : tableOf(byHorizon(reason.model));
      for (const line of lines) printLine(context.terminal, line);
    }
    printLine(context.terminal);
    if (losses === null)
      printLine(context.terminal, 'The losses by horizon of this tournament are not kept in tracking.');
    else if (wanted.size === 0) printDifferences(context, models, byHorizon);
    else printLine(context.terminal, tableNote);
    if (pair !== null) printPair(context, pair);
    printVersions(context, chosen(versions, wanted));
  } finally {
    await session.close();
  }
}

/** The report block, which never chose. */
function printScores({ terminal }: CommandContext, models: readonly TournamentModel[], all: TournamentView['scores']) {
  const rows = models.map((model): Cell[] => {
    const scores = all.filter((score) => score.model === model.model && score.block === 'report');
    const at = (h: number) => scores.find((score) => score.horizon === h);
    return [
      model.model,
      model.rank,
      round(at(1)?.mae, 2),
      round(at(14)?.mae, 2),
      round(at(1)?.skillVsNaive, 4),
      round(at(14)?.skillVsNaive, 4),
      round(at(1)?.coverage80, 3),
      round(at(1)?.coverage95, 3),
      round(model.seconds, 2),
    ];
  });
  printTable(
    terminal,
    ['model', 'rank', 'MAE h1', 'MAE h14', 'skill h1', 'skill h14', 'cover80 h1', 'cover95 h1', 'seconds'],
    rows,
  );
}

/** Horizons of a table for a terminal that has no room for all. */
const fewHorizons = new Set([1, 2, 3, 5, 10, 14]);

/** How the losses of all models differ from naive's, a column for each horizon. */
function printDifferences(
  { terminal }: CommandContext,
  models: readonly TournamentModel[],
  byHorizon: (model: string) => readonly HorizonComparison[],
): void {
  const judged = models.flatMap(({ model }) =>
    byHorizon(model).length === 0 ? [] : [{ model, all: byHorizon(model) }],
  );
  const every = judged[0]?.all.map(({ horizon }) => horizon) ?? [];
  const shown = terminal.width >= 28 + 8 * every.length ? every : every.filter((horizon) => fewHorizons.has(horizon));
  const rows = judged.map(({ model, all }): Cell[] => [
    model,
    ...all
      .filter(({ horizon }) => shown.includes(horizon))
      .map((one) => `${againstNaive(one).replace('%', '')}${(one.pAgainstNaive ?? 1) < 0.05 ? '*' : ''}`),
  ]);
  printLine(terminal, 'WIS against naive by horizon, per cent, on the selection block, where the decision was made:');
  printTable(terminal, ['model', ...shown.map((horizon) => `h${horizon}`)], rows);
  printLine(terminal, '* better than naive with p < 0.05, Diebold-Mariano, one-sided, at this horizon alone.');
}

/** Two models over the same origins, in a table and in words. */
function printPair({ terminal }: CommandContext, { first, second, tests }: Pair): void {
  const rows = tests.map((test): Cell[] => [
    test.block,
    test.origins,
    test.firstCloser,
    test.secondCloser,
    round(test.meanDifference, 4),
    test.statistic === null ? null : round(test.statistic, 2),
    test.pValue === null ? null : round(test.pValue, 4),
  ]);
  printLine(terminal);
  printLine(
    terminal,
    `${first} against ${second} over the same origins, WIS averaged over horizons, naive's mean being 1:`,
  );
  const closer = [first, second].map((name) => `${name} closer`);
  printTable(terminal, ['block', 'origins', ...closer, 'difference', 'statistic', 'p'], rows);
  for (const line of tests.map((test) => pairSaying(first, second, test))) printLine(terminal, line);
  printLine(terminal, 'Diebold-Mariano with the Harvey-Leybourne-Newbold correction, two-sided.');
}

function pairSaying(first: string, second: string, { block, meanDifference, pValue }: PairTestView): string {
  if (pValue === null) return `${block}: equally wrong, nothing to tell apart.`;
  const better = meanDifference <= 0 ? first : second;
  const verdict =
    pValue < 0.05
      ? 'a difference that chance would seldom make'
      : 'a difference that chance alone makes: not told apart';
  return `${block}: ${better} lost less by ${(100 * Math.abs(meanDifference)).toFixed(1)}% of naive's loss, ${verdict}.`;
}

/** Those of the models named, or all where none is. */
function chosen<Row extends { readonly model: string }>(rows: readonly Row[], wanted: ReadonlySet<string>): Row[] {
  return rows.filter(({ model }) => wanted.size === 0 || wanted.has(model));
}

/** Registered versions, each with the last of its moves. */
function printVersions({ terminal }: CommandContext, versions: readonly ModelVersionView[]): void {
  if (versions.length === 0) return;
  const rows = versions.map(({ version, model, stage, moves }): Cell[] => {
    const last = moves.at(-1);
    return [version, model, stage, last?.at ?? null, last?.by ?? null, last?.reason ?? null];
  });
  printLine(terminal);
  printTable(terminal, ['version', 'model', 'stage', 'moved', 'by', 'why'], rows);
}

function round(value: number | undefined, digits: number): number | null {
  return value === undefined ? null : Number(value.toFixed(digits));
}
