import { superviseUntilStopped } from '../../runtime/supervisor.ts';
import type { CommandContext } from '../command-context.ts';
import { say } from '../output.ts';

/** Keeps the services running until SIGINT or SIGTERM. */
export async function up(context: CommandContext, request: { readonly simulated: boolean }): Promise<void> {
  const { settings } = context.settings();
  const { terminal } = context;
  const retrySourceMs = Number(process.env['ASSAY_TEST_RETRY_SOURCE_MS'] ?? Number.NaN);
  const signal = await superviseUntilStopped({
    settings,
    simulated: request.simulated,
    command: request.simulated ? 'demo' : 'up',
    ...(Number.isNaN(retrySourceMs) ? {} : { retrySourceMs }),
    tell: (line) => say(terminal, line),
    announce: (addresses) => {
      if (context.json) terminal.out.write(`${JSON.stringify(addresses)}\n`);
    },
  });
  process.exitCode = signal === 'SIGINT' ? 130 : 0;
}
