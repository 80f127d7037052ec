import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestProject } from 'vitest/node';
import { startPostgres } from '../../src/embedded/postgres.ts';
import { endPostmaster, runningPostmaster } from '../../src/embedded/postmaster.ts';
import { isAlive } from '../../src/embedded/processes.ts';

const prefix = 'assay-tests-';
/** Where temporary files go when nobody tests; a run of several projects passes here for each. */
const outside = process.env['TMPDIR_OUTSIDE_TESTS'] ?? tmpdir();

/**
 * One PostgreSQL for the whole run, and one folder for all that its tests leave in temporary ones, taken away in the end.
 * What a killed run left is swept first.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  await sweepLeftovers();
  const folder = mkdtempSync(join(outside, prefix));
  // As root the server runs under another account, which has to pass through.
  chmodSync(folder, 0o755);
  writeFileSync(join(folder, 'run.pid'), String(process.pid));
  const temporary = join(folder, 'tmp');
  mkdirSync(temporary);
  chmodSync(temporary, 0o1777);
  process.env['TMPDIR_OUTSIDE_TESTS'] = outside;
  process.env['TMPDIR'] = temporary;
  const postgres = await startPostgres({ dataFolder: join(folder, 'postgres'), port: 0, durability: 'none' });
  project.provide('postgresUrl', postgres.url);
  return async () => {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 200 });
  };
}

async function sweepLeftovers(): Promise<void> {
  for (const name of readdirSync(outside).filter((entry) => entry.startsWith(prefix))) {
    const folder = join(outside, name);
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
