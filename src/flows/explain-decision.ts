import type { HorizonComparison } from '../backtest/horizon-comparison.ts';
import type { Judgement, Verdict } from '../backtest/promotion.ts';
import { PlatformError } from '../domain/errors.ts';
import type { Tracking } from '../ports/tracking.ts';
import { decisionPath } from './model-registry.ts';

export type { HorizonComparison };

/** Name by which the explanation is kept beside the tournament's run. */
export const explanationPath = 'explanation.txt';

/**
 * The decision in words and numbers, for a person at a terminal: every candidate with why it passed or failed, and its
 * losses by horizon on the selection block beside naive's and the champion's, with the tests at that horizon alone.
 */
export function explainDecision({ statement, verdicts }: Judgement): string {
  const parts = verdicts.map((verdict) => [headingOf(verdict), ...tableOf(verdict.byHorizon)].join('\n'));
  return `${[statement, ...parts, tableNote].join('\n\n')}\n`;
}

/** What the columns of `tableOf` mean. */
export const tableNote = [
  'WIS: weighted interval score on the selection block, RUB per gram, lower is better.',
  'p naive, p champion: Diebold-Mariano, one-sided, "not better", at this horizon alone; the decision is made on the',
  'average over horizons. p conditional: Giacomini-White, "which of it and naive will be better cannot be foretold".',
].join('\n');

/** Losses by horizon of the entries of a tournament, by name, as its decision had them; null where it is not kept. */
export async function readByHorizon(
  trackingRunId: string,
  tracking: Tracking,
): Promise<ReadonlyMap<string, readonly HorizonComparison[]> | null> {
  try {
    const bytes = await tracking.getArtefact(trackingRunId, decisionPath);
    const { judgement } = JSON.parse(new TextDecoder().decode(bytes)) as { readonly judgement: Judgement };
    return new Map(judgement.verdicts.map(({ model, byHorizon }) => [model, byHorizon]));
  } catch (error) {
    if (error instanceof PlatformError && error.code === 'NOT_FOUND') return null;
    throw error;
  }
}

function headingOf({ rank, reason, figures }: Verdict): string {
  const place = rank === null ? '-' : `${rank}.`;
  const needed = figures.pAgainstNaive === null ? '' : ` [needed p <= ${figures.level.toFixed(4)}]`;
  return `${place} ${reason}${needed}`;
}

/** The losses of one candidate, a line for each horizon under its head; none for a candidate without losses. */
export function tableOf(rows: readonly HorizonComparison[]): string[] {
  if (rows.length === 0) return [];
  const hasChampion = rows.some(({ championWis }) => championWis !== null);
  const names = ['h', 'WIS', 'naive', ...(hasChampion ? ['champion'] : []), 'against naive', 'p naive'];
  const head = [...names, ...(hasChampion ? ['p champion'] : []), 'p conditional'];
  const lines = rows.map((row) => [
    String(row.horizon),
    money(row.wis),
    money(row.naiveWis),
    ...(hasChampion ? [money(row.championWis)] : []),
    againstNaive(row),
    probability(row.pAgainstNaive),
    ...(hasChampion ? [probability(row.pAgainstChampion)] : []),
    probability(row.pConditional),
  ]);
  const widths = head.map((name, column) => Math.max(name.length, ...lines.map((line) => (line[column] ?? '').length)));
  return [head, ...lines].map(
    (line) => `   ${line.map((cell, column) => cell.padStart(widths[column] ?? 0)).join('  ')}`,
  );
}

/** How much more, or less, a candidate lost than naive. */
export function againstNaive({ wis, naiveWis }: HorizonComparison): string {
  return naiveWis > 0 ? `${(100 * (wis / naiveWis - 1)).toFixed(1)}%` : '-';
}

function money(value: number | null): string {
  return value === null ? '-' : value.toFixed(3);
}

function probability(p: number | null): string {
  return p === null ? '-' : p.toFixed(4);
}
