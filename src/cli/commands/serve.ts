import { listen } from '../../runtime/http-server.ts';
import { stopRequest } from '../../runtime/stop-request.ts';
import type { CommandContext } from '../command-context.ts';
import { printLine, say } from '../output.ts';
import { openSession } from '../session.ts';

/** Serves the pages and the API over what is in the warehouse, without a worker. */
export async function serve(context: CommandContext): Promise<void> {
  const { settings } = context.settings();
  const session = await openSession(context, { command: 'serve', simulated: false });
  try {
    const dashboard = await listen({
      fetch: session.composition.webApp(session.api).fetch,
      host: settings.host,
      port: settings.port,
      service: 'the dashboard',
      setting: 'ASSAY_PORT',
    });
    printLine(context.terminal, context.json ? JSON.stringify({ dashboard: dashboard.url }) : dashboard.url);
    say(context.terminal, 'Serving what is in the warehouse; nothing is fetched. Ctrl-C stops.');
    await stopRequest().asked;
    await dashboard.close();
  } finally {
    await session.close();
  }
}
