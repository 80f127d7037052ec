import { writeFile } from 'node:fs/promises';
import { PlatformError } from '../../domain/errors.ts';
import { isoDate } from '../../domain/iso-date.ts';
import { type CommandContext, usage } from '../command-context.ts';
import { say } from '../output.ts';
import { openSession } from '../session.ts';

type Options = Readonly<Record<string, string | boolean | undefined>>;

const paths: Readonly<Record<string, string>> = {
  quotes: 'quotes',
  months: 'months',
  forecast: 'forecast',
  facts: 'forecast-vs-fact',
};

/** Writes a table of the API to stdout or a file: byte for byte what the pages' download links give. */
export async function exportTable(context: CommandContext, table: string, options: Options): Promise<void> {
  const path = paths[table];
  if (path === undefined)
    throw usage(`There is no table "${table}" to export.`, `Tables: ${Object.keys(paths).join(', ')}.`);
  const format = context.json ? 'json' : options['format'];
  const query = new URLSearchParams();
  for (const name of ['from', 'to']) {
    const day = options[name];
    if (typeof day === 'string') query.set(name, isoDate(day));
  }
  const session = await openSession(context, { command: 'export', simulated: false });
  try {
    const app = session.composition.webApp(session.api);
    const asked = format === 'csv' ? 'csv' : 'json';
    const address = `http://localhost/api/v1/metals/${String(options['metal'])}/${path}.${asked}?${query}`;
    const { token } = context.settings().settings;
    const response = await app.fetch(
      new Request(address, token === null ? {} : { headers: { authorization: `Bearer ${token}` } }),
    );
    if (!response.ok) throw new PlatformError('INPUT_INVALID', `The export was refused: ${await response.text()}`);
    const bytes = format === 'ndjson' ? linesOf(await response.json()) : new Uint8Array(await response.arrayBuffer());
    const file = options['out'];
    if (typeof file === 'string') {
      await writeFile(file, bytes);
      say(context.terminal, `Wrote ${file}, ${bytes.length} bytes.`);
    } else {
      context.terminal.out.write(bytes);
    }
  } finally {
    await session.close();
  }
}

/** A document for each row, or the whole answer as one where it has no rows. */
function linesOf(answer: unknown): Uint8Array {
  const { data } = answer as { data: unknown };
  const forecast = data as { vintage?: { points: readonly object[] } | null } | null;
  const rows = Array.isArray(data) ? data : (forecast?.vintage?.points ?? []);
  return new TextEncoder().encode(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
}
