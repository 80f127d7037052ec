import type { AssayApi } from '../../api/contract.ts';
import type { CommandContext } from '../command-context.ts';
import type { Options } from '../define-command.ts';
import { printJson, printJsonLine, printLine, printTable } from '../output.ts';
import { openSession } from '../session.ts';
import { watchSeconds, watchUntilStopped } from '../watch.ts';

/** What ran: a row per run with its steps, or one run with its log; once, or as it goes. */
export async function runs(
  context: CommandContext,
  options: Options,
  run: string | string[] | undefined,
): Promise<void> {
  const seconds = watchSeconds(options['watch'], 3);
  const session = await openSession(context, { command: 'runs', simulated: false });
  try {
    const show = () =>
      typeof run === 'string' ? showRun(context, session.api, run) : showRuns(context, session.api, seconds !== null);
    if (seconds === null) await show();
    else await watchUntilStopped(context.terminal, seconds, context.json || context.ndjson, show);
  } finally {
    await session.close();
  }
}

async function showRun({ terminal, json, ndjson }: CommandContext, api: AssayApi, run: string): Promise<void> {
  const detail = await api.run(run);
  if (ndjson) {
    for (const step of detail.steps) printJsonLine(terminal, step);
    return;
  }
  if (json) {
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
}

async function showRuns({ terminal, json, ndjson }: CommandContext, api: AssayApi, isWatched: boolean): Promise<void> {
  const { runs: rows } = await api.system();
  if (ndjson) for (const row of rows) printJsonLine(terminal, row);
  else if (json && isWatched) printJsonLine(terminal, rows);
  else if (json) printJson(terminal, rows);
  else {
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
    if (rows.length === 0) printLine(terminal, 'Nothing has run yet. Start with: assay up');
  }
}

function seconds(from: string, to: string | null): number | null {
  return to === null ? null : Math.round((Date.parse(to) - Date.parse(from)) / 10) / 100;
}
