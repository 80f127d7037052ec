import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../src/embedded/postgres.ts';
import { endPostmaster, runningPostmaster } from '../../src/embedded/postmaster.ts';
import { isAlive } from '../../src/embedded/processes.ts';

const prefix = 'assay-test-postgres-';

/** One PostgreSQL for the whole run; what a killed run left is swept first. */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepLeftovers();
  const folder = mkdtempSync(join(tmpdir(), prefix));
  // As root the server runs under another account, which has to pass through.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'run.pid'), String(process.pid));
  const postgres = await startPostgres({ dataFolder: join(folder, 'postgres'), port: 0, durability: 'none' });
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  };
}

async function sweepLeftovers(): Promise<void> {
  for (const name of readdirSync(tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(tmpdir(), name);
    const run = Number(readFileIfAny(join(folder, 'run.pid')));
    if (run === 0 || isAlive(run)) continue;
    const left = await runningPostmaster(join(folder, 'postgres', 'cluster'));
    if (left !== null) await endPostmaster(left.pid);
    rmSync(folder, { recursive: true, force: true });
  }
}

function readFileIfAny(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Made a moment ago by a run that starts now.
    return '';
  }
}
