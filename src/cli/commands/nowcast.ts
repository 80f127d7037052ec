import type { NowcastReport } from '../../flows/nowcast.ts';
import type { CommandContext } from '../command-context.ts';
import { paint, printJson, printLine } from '../output.ts';
import { openSession } from '../session.ts';

/** Brings the sources up to date where they answer, and tells what of the next price is fixed. */
export async function nowcast(
  context: CommandContext,
  options: Readonly<Record<string, string | boolean | undefined>>,
): Promise<void> {
  const metal = String(options['metal']);
  const session = await openSession(context, { command: 'nowcast', simulated: false });
  try {
    const { result } = await session.run('nowcast', { metal, by: 'command line' });
    const made = (result['nowcasts'] as Readonly<Record<string, NowcastReport>>)[metal] as NowcastReport;
    if (context.json) printJson(context.terminal, made);
    else print(context, made);
  } finally {
    await session.close();
  }
}

function print({ terminal }: CommandContext, made: NowcastReport): void {
  printLine(terminal, made.summary);
  const { quantilesRubPerGram: quantiles, gold, rouble } = made;
  const interval = (low: string, high: string) => `${quantiles[low]?.toFixed(2)} .. ${quantiles[high]?.toFixed(2)}`;
  if (!made.isFixed) {
    printLine(terminal, `80%: ${interval('0.1', '0.9')}, 95%: ${interval('0.025', '0.975')}`);
    if (gold.expectedAt !== null) printLine(terminal, `gold is fixed at ${gold.expectedAt}`);
    if (rouble.expectedAt !== null) printLine(terminal, `the rate is set at ${rouble.expectedAt}`);
  }
  printLine(
    terminal,
    `the price is expected at ${made.priceExpectedAt}; the last was ${made.lastRubPerGram.toFixed(2)}`,
  );
  if (made.alarm !== null) printLine(terminal, paint(terminal, 'red', made.alarm));
}
