import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buildEntry } from './build.ts';

/** Starts an engine under a parent of its own, which a test may kill. Gives what `startPostgres`/`startOlap` gave. */
export async function startUnderParent<Engine>(
  engine: 'postgres' | 'olap',
  dataFolder: string,
): Promise<{ parent: ChildProcess; started: Engine }> {
  const entry = await buildEntry('tests/support/engine-parent.ts');
  const serverEntry = await buildEntry('src/embedded/olap-server.ts');
  const parent = spawn(process.execPath, [entry, engine, dataFolder, serverEntry], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const started = await new Promise<Engine>((resolve, reject) => {
    createInterface({ input: parent.stdout }).once('line', (line) => resolve(JSON.parse(line) as Engine));
    parent.once('exit', (code) => reject(new Error(`The parent ended with ${code} before its engine was up.`)));
  });
  return { parent, started };
}

export async function killHard(process: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => process.once('exit', resolve));
  process.kill('SIGKILL');
  await gone;
}

/** A temporary folder that the account of an engine can enter when the tests run as root. */
export function engineFolder(name: string): string {
  const folder = mkdtempSync(join(tmpdir(), `assay-test-${name}-`));
  chmodSync(folder, 0o755);
  return folder;
}
