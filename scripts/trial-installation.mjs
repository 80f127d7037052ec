// A PostgreSQL of its own, a replica over ../shared/data, and the built command: what benches and trials over many processes work on.
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import pg from 'pg';
import { packageFolder } from './freshness.mjs';

export const program = join(packageFolder, 'dist', 'src', 'cli', 'main.js');
const data = process.env.ASSAY_BENCH_DATA ?? join(packageFolder, '..', 'shared', 'data');

/** Ends the process, saying so, where there is no history to work on. */
export function requireHistory() {
  if (existsSync(join(data, 'cbr_metals.csv'))) return;
  console.log('Not measured: ../shared/data is absent, and nothing is made up in its place.');
  process.exit(0);
}

/** The last day up to which the history of all four metals is whole. */
const lastDay = '2020-02-21';

/** Prices as they were on the evening of that day, in a warehouse called `base` from which others are cloned. */
export async function startTrial(name) {
  const folder = mkdtempSync(join(tmpdir(), `assay-${name}-`));
  // As root the server runs under another account, which has to pass through.
  chmodSync(folder, 0o755);
  const { startPostgres } = await import(pathToFileURL(join(packageFolder, 'dist/src/embedded/postgres.js')).href);
  const postgres = await startPostgres({ dataFolder: join(folder, 'postgres'), port: 0, durability: 'none' });
  const replica = spawn(process.execPath, [program, 'replica', '--data', data, '--port', '0', '--today', lastDay]);
  const address = await new Promise((resolve) => {
    replica.stdout.once('data', (chunk) => resolve(String(chunk).split('\n')[0]));
  });
  const databaseUrl = (database) => postgres.url.replace(/\/assay$/, `/${database}`);
  const trial = {
    folder,
    databaseUrl,
    replicaUrl: address,
    /** Settings of an installation over one database, with a folder of its own. */
    settings: (database) => ({
      DATABASE_URL: databaseUrl(database),
      ASSAY_DATA: join(folder, database),
      ASSAY_CBR_URL: address,
      ASSAY_NOW: `${lastDay}T15:00:00Z`,
    }),
    async query(text, database = 'assay') {
      const client = new pg.Client({ connectionString: databaseUrl(database) });
      await client.connect();
      try {
        return (await client.query(text)).rows;
      } finally {
        await client.end();
      }
    },
    async stop({ isKept = false } = {}) {
      replica.kill();
      await postgres.stop();
      if (!isKept) rmSync(folder, { recursive: true, force: true });
    },
  };
  await trial.query('create database base');
  for (const step of ['sync', 'transform']) await assay([step, '--json'], trial.settings('base'));
  return trial;
}

/** Runs the built command; its JSON, its wall and its processor seconds. Throws what it said when it failed. */
export async function assay(args, settings, { onStart = () => undefined } = {}) {
  const started = performance.now();
  const child = spawn(
    'bash',
    ['-c', 'TIMEFORMAT="processor %U %S"; time "$@"', 'bash', process.execPath, program, ...args],
    { env: { ...process.env, ...settings }, stdio: ['ignore', 'pipe', 'pipe'] },
  );
  onStart(child);
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => (said.out += chunk));
  child.stderr.on('data', (chunk) => (said.err += chunk));
  const code = await new Promise((resolve) => child.once('close', resolve));
  if (code !== 0) throw new RangeError(`assay ${args.join(' ')} ended with ${code}: ${said.err.trim()}`);
  const [, user, system] = /processor ([\d.]+) ([\d.]+)\s*$/.exec(said.err) ?? [];
  const wall = (performance.now() - started) / 1000;
  return { json: JSON.parse(said.out), wall, processor: Number(user) + Number(system) };
}
