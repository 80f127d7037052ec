import { parseFaults } from '../../replica/faults.ts';
import { parsePublished, startReplica } from '../../replica/server.ts';
import { stopRequest } from '../../runtime/stop-request.ts';
import { type CommandContext, usage } from '../command-context.ts';
import { printLine, say } from '../output.ts';

/** Serves a folder of history in the Bank's own HTTP shapes until it is interrupted. */
export async function replica(
  context: CommandContext,
  options: Readonly<Record<string, string | boolean | undefined>>,
): Promise<void> {
  const { data, port, today, faults } = options;
  if (typeof data !== 'string')
    throw usage('assay replica needs a folder to serve.', 'For example: assay replica --data ./history');
  const server = await startReplica({
    dataFolder: data,
    port: typeof port === 'string' ? Number(port) : 8600,
    published: typeof today === 'string' ? parsePublished(today) : null,
    faults: parseFaults(typeof faults === 'string' ? faults : ''),
  });
  printLine(context.terminal, context.json ? JSON.stringify({ url: server.url }) : server.url);
  say(
    context.terminal,
    `Serving ${data} as the Bank would${typeof today === 'string' ? `, public until ${today}` : ''}.`,
  );
  say(context.terminal, `In another terminal: ASSAY_CBR_URL=${server.url} npm start`);
  await stopRequest().asked;
  await server.stop();
}
