import { metalsOf, modelsOf, wholeNumber } from '../../flows/flow-parameters.ts';
import { modelSeed } from '../../flows/layers.ts';
import { parseShard } from '../../flows/shard.ts';
import { computeShard, shareTournament } from '../../flows/tournament-shards.ts';
import type { StepContext } from '../../ports/journal.ts';
import { stopRequest } from '../../runtime/stop-request.ts';
import type { CommandContext } from '../command-context.ts';
import type { Options } from '../define-command.ts';
import { printJson, printLine, say } from '../output.ts';
import { openReading } from '../session.ts';

/** Lays a tournament out in shards and leaves its plan in the lake. */
export async function plan(context: CommandContext, options: Options): Promise<void> {
  const [metal = 'gold'] = metalsOf(options);
  const shards = wholeNumber(options['shards'], 'shards');
  const session = await openReading(context, 'tournament plan');
  try {
    const request = { metal, seed: modelSeed, shards, ...modelsOf(options) };
    const laid = await shareTournament(request, { ...session.composition.ports, step: stepOf(context) });
    if (context.json) return printJson(context.terminal, laid);
    printLine(context.terminal, `${laid.plan}: ${laid.models} models over ${laid.quotes} quotes`);
    if (laid.state === 'judged') printLine(context.terminal, 'These data and settings were compared before.');
    for (const shard of laid.shards) {
      printLine(context.terminal, `assay tournament shard --plan ${laid.plan} --shard ${shard}`);
    }
  } finally {
    await session.close();
  }
}

/** Computes one shard into the lake. Any number of machines may do so side by side: it takes no lock. */
export async function shard(context: CommandContext, options: Options): Promise<void> {
  const request = { plan: String(options['plan']), shard: parseShard(String(options['shard'])) };
  const session = await openReading(context, 'tournament shard');
  try {
    const report = await computeShard(request, { ...session.composition.ports, step: stepOf(context) });
    if (context.json) return printJson(context.terminal, report);
    const { pieces, foldsComputed, foldsReused, seconds } = report;
    printLine(
      context.terminal,
      `${report.shard}: ${pieces} pieces, ${foldsComputed} folds computed, ${foldsReused} found, ${seconds.toFixed(1)} s of computing`,
    );
    for (const [piece, reason] of Object.entries(report.failures)) say(context.terminal, `${piece}: ${reason}`);
  } finally {
    await session.close();
  }
}

/** Not a step of a run: nothing but the lake keeps what it does. Ends when the command is told to. */
function stepOf({ terminal }: CommandContext): StepContext {
  const stopped = new AbortController();
  void stopRequest().asked.then(() => stopped.abort());
  return { runId: 'none', signal: stopped.signal, note: (message) => say(terminal, message), rows: () => undefined };
}
