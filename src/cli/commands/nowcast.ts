import type { NowcastReport } from '../../flows/nowcast.ts';
import { type CommandContext, usage } from '../command-context.ts';
import type { Options } from '../define-command.ts';
import { paint, printJson, printJsonLine, printLine } from '../output.ts';
import { originOf } from '../run-origin.ts';
import { openSession } from '../session.ts';
import { watchSeconds, watchUntilStopped } from '../watch.ts';

/** Each look asks the sources: more often would be rude, and what they publish changes a few times a day. */
const politeSeconds = 60;

/** Brings the sources up to date where they answer, and tells what of the next price is fixed. */
export async function nowcast(context: CommandContext, options: Options): Promise<void> {
  const metal = String(options['metal']);
  const seconds = watchSeconds(options['watch'], politeSeconds);
  const origin = originOf(options);
  if (seconds !== null && origin.slot !== undefined) {
    throw usage('--run-id names one run, and --watch makes many.', 'Leave one of them out.');
  }
  const session = await openSession(context, { command: 'nowcast', simulated: false, slot: origin.slot });
  try {
    const show = async () => {
      const { result } = await session.run('nowcast', { metal, by: 'command line' }, origin);
      const made = (result['nowcasts'] as Readonly<Record<string, NowcastReport>>)[metal] as NowcastReport;
      if (context.json) (seconds === null ? printJson : printJsonLine)(context.terminal, made);
      else print(context, made);
    };
    if (seconds === null) await show();
    else await watchUntilStopped(context.terminal, Math.max(seconds, politeSeconds), context.json, show);
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
