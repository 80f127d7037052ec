import { stopRequest } from '../../runtime/stop-request.ts';
import { serveTracking } from '../../runtime/tracking-server.ts';
import type { CommandContext } from '../command-context.ts';
import { printLine, say } from '../output.ts';
import { openSession } from '../session.ts';

/** Serves tracking and registry alone, with the pages of an installed MLflow when their folder is named. */
export async function tracking(context: CommandContext, options: { readonly ui: string | null }): Promise<void> {
  const { settings } = context.settings();
  const session = await openSession(context, { command: 'tracking', simulated: false });
  try {
    const address = { host: settings.host, port: settings.trackingPort };
    const server = await serveTracking(session.composition, address, { uiFolder: options.ui });
    printLine(context.terminal, context.json ? JSON.stringify({ tracking: server.url }) : server.url);
    say(context.terminal, `Point MLflow's clients at it: MLFLOW_TRACKING_URI=${server.url}. Ctrl-C stops.`);
    if (options.ui !== null) say(context.terminal, `MLflow's pages are at ${server.url}/`);
    await stopRequest().asked;
    await server.close();
  } finally {
    await session.close();
  }
}
