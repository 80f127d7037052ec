import { explanationPath } from '../../flows/explain-decision.ts';
import type { TrainReport } from '../../flows/train.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson, printLine, say } from '../output.ts';
import { originOf } from '../run-origin.ts';
import { openSession, type Session } from '../session.ts';

/** Options that steer the command line itself and are no parameters of a flow. */
const own = new Set(['json', 'config', 'data', 'cbrUrl', 'lang', 'now', 'host', 'port', 'explain', 'runId', 'trigger']);

/** Runs one flow, here or in the Assay that is running on the data folder, and prints its result. */
export async function runFlow(
  context: CommandContext,
  flow: string,
  options: Readonly<Record<string, unknown>>,
): Promise<void> {
  const parameters = Object.fromEntries(
    Object.entries(options).filter(([name, value]) => !own.has(name) && value !== undefined),
  );
  const origin = originOf(options);
  const session = await openSession(context, { command: flow, simulated: false, slot: origin.slot });
  try {
    const { runId, result, repeated } = await session.run(flow, { ...parameters, by: 'command line' }, origin);
    const run = await session.api.run(runId);
    if (context.json) {
      printJson(context.terminal, { runId, repeated, flow, result, steps: run.steps });
      return;
    }
    if (repeated) say(context.terminal, `${runId} had run already; nothing was repeated.`);
    for (const step of run.steps) {
      const rows = step.rowsOut === null ? '' : `, ${step.rowsIn} rows in, ${step.rowsOut} written`;
      printLine(context.terminal, `${step.step}: ${step.status}${rows}`);
    }
    if (options['explain'] === true) await explain(context, result, session);
  } finally {
    await session.close();
  }
}

/** The decisions of the tournaments just held, with every candidate's losses by horizon. */
async function explain(
  context: CommandContext,
  { trained }: Readonly<Record<string, unknown>>,
  { composition }: Session,
): Promise<void> {
  for (const { trackingRunId } of Object.values((trained ?? {}) as Record<string, TrainReport>)) {
    const bytes = await composition.ports.tracking.getArtefact(trackingRunId, explanationPath);
    printLine(context.terminal);
    printLine(context.terminal, new TextDecoder().decode(bytes).trimEnd());
  }
}
