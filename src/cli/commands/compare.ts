import type { ModelVersionView } from '../../api/contract.ts';
import { PlatformError } from '../../domain/errors.ts';
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
    if (context.ndjson) {
      for (const model of models) {
        const scores = tournament.scores.filter((score) => score.model === model.model);
        printJsonLine(context.terminal, { ...model, scores });
      }
      return;
    }
    if (context.json) {
      printJson(context.terminal, { ...tournament, models, versions: chosen(versions, wanted) });
      return;
    }
    const rows = models.map((model): Cell[] => {
      const scores = tournament.scores.filter((score) => score.model === model.model && score.block === 'report');
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
      context.terminal,
      ['model', 'rank', 'MAE h1', 'MAE h14', 'skill h1', 'skill h14', 'cover80 h1', 'cover95 h1', 'seconds'],
      rows,
    );
    printLine(context.terminal);
    for (const reason of chosen(tournament.decision.reasons, wanted)) {
      printLine(context.terminal, `${reason.passed ? '+' : '-'} ${reason.model}: ${reason.reason}`);
    }
    printVersions(context, chosen(versions, wanted));
  } finally {
    await session.close();
  }
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
