import type { CommandContext } from '../command-context.ts';
import { printJson, printLine, printTable } from '../output.ts';
import { openSession } from '../session.ts';

/** What ran: a row per run with its steps, or one run with its log. */
export async function runs(context: CommandContext, run: string | string[] | undefined): Promise<void> {
  const { terminal } = context;
  const session = await openSession(context, { command: 'runs', simulated: false });
  try {
    if (typeof run === 'string') {
      const detail = await session.api.run(run);
      if (context.json) {
        printJson(terminal, detail);
        return;
      }
      printLine(
        terminal,
        `${detail.flow} ${detail.status}, started ${detail.startedAt}${detail.error === null ? '' : `: ${detail.error}`}`,
      );
      printTable(
        terminal,
        ['step', 'status', 'attempt', 'rows in', 'written', 'seconds'],
        detail.steps.map((step) => [
          step.step,
          step.status,
          step.attempt,
          step.rowsIn,
          step.rowsOut,
          seconds(step.startedAt, step.endedAt),
        ]),
      );
      for (const line of detail.log) printLine(terminal, `${line.at} ${line.step ?? ''} ${line.message}`);
      return;
    }
    const { runs: rows } = await session.api.system();
    if (context.json) {
      printJson(terminal, rows);
      return;
    }
    printTable(
      terminal,
      ['started', 'flow', 'trigger', 'status', 'seconds', 'steps', 'run'],
      rows.map((row) => [
        row.startedAt,
        row.flow,
        row.trigger,
        row.status,
        seconds(row.startedAt, row.endedAt),
        `${row.steps.filter((step) => step.status === 'succeeded').length}/${row.steps.length}`,
        row.runId,
      ]),
    );
  } finally {
    await session.close();
  }
}

function seconds(from: string, to: string | null): number | null {
  return to === null ? null : Math.round((Date.parse(to) - Date.parse(from)) / 10) / 100;
}
