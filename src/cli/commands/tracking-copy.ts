import { composeArchive } from '../../compose.ts';
import { type CopyTrackingReport, copyTracking } from '../../flows/copy-tracking.ts';
import type { TrackingArchive } from '../../ports/tracking-archive.ts';
import { type CommandContext, usage } from '../command-context.ts';
import { printJson, say } from '../output.ts';
import { openSession } from '../session.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

/**
 * Copies between two tracking servers and prints the counts as JSON. The side that is not named is Assay's own:
 * `export` takes from it, `import` brings to it.
 */
export async function trackingCopy(context: CommandContext, direction: string, options: Options): Promise<void> {
  if (direction !== 'export' && direction !== 'import') {
    throw usage(`There is no "assay tracking ${direction}".`, 'Say export or import.');
  }
  const [from, to] = [addressOf(options['from']), addressOf(options['to'])];
  const needed = direction === 'export' ? to : from;
  if (needed === null) {
    const [flag, what] = direction === 'export' ? ['--to', 'where to copy to'] : ['--from', 'where to copy from'];
    throw usage(`assay tracking ${direction} needs ${flag}: ${what}.`, `Add ${flag} http://127.0.0.1:5000`);
  }
  if (from !== null && to !== null) return copy(context, archiveAt(from), archiveAt(to));
  const session = await openSession(context, { command: `tracking ${direction}`, simulated: false });
  try {
    const { trackingUrl: url, trackingToken: token } = session.addresses;
    const own = composeArchive({ url, token: token ?? undefined });
    await copy(context, from === null ? own : archiveAt(from), to === null ? own : archiveAt(to));
  } finally {
    await session.close();
  }
}

async function copy({ terminal }: CommandContext, from: TrackingArchive, to: TrackingArchive): Promise<void> {
  if (from.address === to.address) {
    throw usage(`Both sides are ${from.address}.`, 'Name two different servers with --from and --to.');
  }
  const report: CopyTrackingReport = await copyTracking({ from, to, onProgress: (line) => say(terminal, line) });
  printJson(terminal, report);
}

function addressOf(option: string | boolean | undefined): string | null {
  return typeof option === 'string' ? option : null;
}

function archiveAt(url: string): TrackingArchive {
  if (URL.canParse(url) && /^https?:/.test(url)) return composeArchive({ url });
  throw usage(`${url} is no address of a tracking server.`, 'Use one like http://user:password@127.0.0.1:5000');
}
