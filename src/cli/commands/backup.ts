import { type BackupReport, restore as readBackup, backup as writeBackup } from '../../flows/backup.ts';
import type { CommandContext } from '../command-context.ts';
import { printJson, printLine } from '../output.ts';
import { openSession } from '../session.ts';

/** Writes the database and what cannot be made again of the lake into a new folder. */
export async function backup(context: CommandContext, folder: string): Promise<void> {
  const session = await openSession(context, { command: 'backup', simulated: false });
  try {
    const ports = await session.composition.backupPorts(folder);
    print(context, 'Backed up', await writeBackup({ simulated: session.addresses.simulated }, ports));
  } finally {
    await session.close();
  }
}

/** Brings such a folder back into an empty installation. */
export async function restore(context: CommandContext, folder: string): Promise<void> {
  const session = await openSession(context, { command: 'restore', simulated: false });
  try {
    const ports = await session.composition.backupPorts(folder);
    print(context, 'Restored', await readBackup({ simulated: session.addresses.simulated }, ports));
  } finally {
    await session.close();
  }
}

function print(context: CommandContext, done: string, report: BackupReport): void {
  if (context.json) {
    printJson(context.terminal, report);
    return;
  }
  const rows = Object.values(report.tables).reduce((sum, count) => sum + count, 0);
  printLine(
    context.terminal,
    `${done}: ${rows} rows of ${Object.keys(report.tables).length} tables, ${report.objects} objects of the lake (${report.bytes} bytes), as of ${report.createdAt}.`,
  );
}
