import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { letReaderIn } from '../../compose.ts';
import { dataFolders, type Settings } from '../../config/settings.ts';
import { askHolder } from '../../runtime/folder-lock.ts';
import { type CommandContext, usage } from '../command-context.ts';
import { printJson, printTable, say } from '../output.ts';
import { openSession } from '../session.ts';

interface ReaderAddress {
  readonly engine: 'PostgreSQL' | 'ClickHouse';
  /** Without the password, which is in the file. */
  readonly url: string;
  readonly passwordFile: string;
}

/** Lets BI tools read the embedded engines as `assay_bi`, and says where and with which password. */
export async function reader(context: CommandContext): Promise<void> {
  const { settings } = context.settings();
  if (settings.databaseUrl !== null) {
    throw usage(
      'The warehouse is a server, whose administrator gives the role assay_bi its password.',
      "There: alter role assay_bi login password '…'",
    );
  }
  const isRunning = (await askHolder(settings.data)) !== null;
  const session = await openSession(context, { command: 'reader', simulated: false });
  try {
    const { databaseUrl, simulated, olap } = session.addresses;
    const folders = dataFolders(settings, simulated);
    const passwordFile = join(folders.postgres, 'reader-password');
    await letReaderIn(databaseUrl, await keptPassword(passwordFile));
    const ports = isRunning
      ? portsOf(databaseUrl, olap.url)
      : { postgres: settings.postgresPort, olap: settings.olapPort };
    print(context, [
      { engine: 'PostgreSQL', url: `postgresql://assay_bi@127.0.0.1:${ports.postgres}/assay`, passwordFile },
      ...olapReader(settings, join(folders.olap, 'reader-password'), ports.olap),
    ]);
  } finally {
    await session.close();
  }
}

async function keptPassword(file: string): Promise<string> {
  if (existsSync(file)) return (await readFile(file, 'utf8')).trim();
  const password = randomBytes(24).toString('base64url');
  await writeFile(file, `${password}\n`, { mode: 0o600, flag: 'wx' });
  return password;
}

function portsOf(databaseUrl: string, olapUrl: string) {
  return { postgres: Number(new URL(databaseUrl).port), olap: Number(new URL(olapUrl).port) };
}

/** The embedded ClickHouse has had its reader from the start. */
function olapReader({ clickhouseUrl }: Settings, passwordFile: string, port: number): ReaderAddress[] {
  if (clickhouseUrl !== null) return [];
  return [{ engine: 'ClickHouse', url: `http://assay_bi@127.0.0.1:${port}/assay`, passwordFile }];
}

function print({ terminal, json }: CommandContext, addresses: readonly ReaderAddress[]): void {
  if (json) {
    printJson(terminal, addresses);
    return;
  }
  printTable(
    terminal,
    ['engine', 'address', 'password in'],
    addresses.map(({ engine, url, passwordFile }) => [engine, url, passwordFile]),
  );
  say(terminal, 'assay_bi reads the schema dm of PostgreSQL, and the tables of ClickHouse; it writes nowhere.');
}
