import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { settledPort } from '../../support/settled-port.ts';

const cache = process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay');

/** A program of a pinned MLflow release, or null where scripts/install-mlflow.sh has not been run. */
export function installedMlflow(major: '3' | '2', program: 'mlflow' | 'python' = 'mlflow'): string | null {
  const file = join(cache, `mlflow${major}`, 'bin', program);
  return existsSync(join(cache, `mlflow${major}`, 'bin', 'mlflow')) ? file : null;
}

/** Folder of the package itself, with its built pages, or null where it is not installed. */
export function packageOf(major: '3' | '2'): string | null {
  const libraries = join(cache, `mlflow${major}`, 'lib');
  if (!existsSync(libraries)) return null;
  const folders = readdirSync(libraries).map((python) => join(libraries, python, 'site-packages', 'mlflow'));
  return folders.find((folder) => existsSync(join(folder, 'server', 'js', 'build', 'index.html'))) ?? null;
}

export interface RealMlflow {
  readonly url: string;
  stop(): Promise<void>;
}

export interface RealMlflowOptions {
  /** PostgreSQL's address; a SQLite file of its own when not said. */
  readonly database?: string;
  /** Where its proxy keeps artefacts; a folder of its own when not said. */
  readonly artefacts?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A real MLflow server on a free port and a folder of its own. */
export async function startRealMlflow(major: '3' | '2', options: RealMlflowOptions = {}): Promise<RealMlflow> {
  const folder = mkdtempSync(join(tmpdir(), `assay-mlflow${major}-`));
  const port = await settledPort();
  const program = installedMlflow(major) ?? '';
  const words = ['server', '--host', '127.0.0.1', '--port', String(port), '--workers', '1'];
  words.push('--backend-store-uri', backendOf(options.database) ?? `sqlite:///${folder}/mlflow.db`);
  words.push('--artifacts-destination', options.artefacts ?? join(folder, 'artifacts'));
  const child = spawn(program, words, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      PATH: `${join(cache, `mlflow${major}`, 'bin')}:${process.env['PATH'] ?? ''}`,
      MLFLOW_DISABLE_TELEMETRY: 'true',
      MLFLOW_SERVER_ENABLE_JOB_EXECUTION: 'false',
      ...options.env,
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk) => (log = `${log}${chunk}`.slice(-20_000)));
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    await ended(child);
    rmSync(folder, { recursive: true, force: true });
  };
  for (let round = 0; round < 240 && child.exitCode === null; round++) {
    if (await answers(url)) return { url, stop };
    await sleep(500);
  }
  await stop();
  throw new TypeError(`MLflow ${major} did not start: ${log.slice(-2000)}`);
}

function backendOf(database: string | undefined): string | undefined {
  return database?.replace(/^postgres(?:ql)?:/, 'postgresql+psycopg2:');
}

async function answers(url: string): Promise<boolean> {
  try {
    return (await fetch(`${url}/health`)).ok;
  } catch {
    // Not listening yet.
    return false;
  }
}

/** Its workers are children of its own: the whole group ends. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.pid === undefined) return;
  const gone = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  process.kill(-child.pid, 'SIGTERM');
  const timer = setTimeout(() => process.kill(-(child.pid ?? 0), 'SIGKILL'), 10_000);
  await gone;
  clearTimeout(timer);
}
