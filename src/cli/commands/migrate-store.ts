import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type LoadedSettings, loadSettings, type Settings } from '../../config/settings.ts';
import { PlatformError } from '../../domain/errors.ts';
import { moveStore } from '../../flows/move-store.ts';
import { askHolder } from '../../runtime/folder-lock.ts';
import { lakeOf } from '../../runtime/installation.ts';
import { type CommandContext, usage } from '../command-context.ts';
import type { Options } from '../define-command.ts';
import { printJson, printLine, say } from '../output.ts';
import { openSession } from '../session.ts';

/** Moves an installation's warehouse and lake to where another configuration file says, and compares the two. */
export async function migrateStore(context: CommandContext, options: Options): Promise<void> {
  const file = resolve(String(options['to']));
  const source = context.settings().settings;
  // The environment says where the source is: the target is what its file says alone.
  const named = loadSettings({ workingFolder: process.cwd(), environment: {}, flags: {}, configFile: file });
  refuseSamePlace(source, named.settings, file);
  await refuseRunning(source);
  await refuseRunning(named.settings);
  const spare = named.settings.data === source.data ? await mkdtemp(join(tmpdir(), 'assay-move-')) : null;
  const target = {
    ...context,
    settings: (): LoadedSettings => ({ ...named, settings: targetOf(named.settings, spare) }),
  };
  const from = await openSession(context, { command: 'migrate-store', simulated: false });
  try {
    const to = await openSession(target, { command: 'migrate-store', simulated: false });
    try {
      const report = await moveStore(
        { hasOneLake: lakeOf(source, false) === lakeOf(named.settings, false) },
        {
          from: from.composition.stores,
          to: to.composition.stores,
          onProgress: (line) => say(context.terminal, line),
        },
      );
      print(context, report, file);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
    if (spare !== null) await rm(spare, { recursive: true, force: true });
  }
}

function refuseSamePlace(source: Settings, target: Settings, file: string): void {
  const isSame =
    source.databaseUrl === target.databaseUrl && (source.databaseUrl !== null || source.data === target.data);
  if (!isSame) return;
  throw usage(
    `${file} names the warehouse that is the source.`,
    'Give it another databaseUrl, or another data folder.',
  );
}

async function refuseRunning({ data }: Settings): Promise<void> {
  const holder = await askHolder(data);
  if (holder === null) return;
  throw new PlatformError('ALREADY_RUNNING', `"assay ${holder.command}" (process ${holder.pid}) uses ${data}.`, {
    context: { data, pid: holder.pid },
    hint: 'Stop it first: what it writes during the move would be left behind.',
  });
}

/** Two sessions of one process cannot hold one folder; servers need none. The lake stays where the file says. */
function targetOf(settings: Settings, spare: string | null): Settings {
  if (spare === null) return settings;
  const lake = lakeOf(settings, false);
  const lakeUrl = lake.startsWith('s3:') ? lake : pathToFileURL(lake).href;
  return { ...settings, data: spare, lakeUrl };
}

function print(context: CommandContext, report: Awaited<ReturnType<typeof moveStore>>, file: string): void {
  if (context.json) {
    printJson(context.terminal, report);
    return;
  }
  const rows = Object.values(report.tables).reduce((sum, table) => sum + table.rows, 0);
  printLine(
    context.terminal,
    `Moved and compared: ${rows} rows of ${Object.keys(report.tables).length} tables, ${report.objects} objects of the lake (${report.bytes} bytes). The source is as it was.`,
  );
  say(
    context.terminal,
    `Next: assay --config ${file} publish   (ClickHouse and Parquet are made anew), then assay --config ${file} up`,
  );
}
