import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { strFromU8, unzipSync } from 'fflate';
import { packageRoot } from '../../src/config/package-root.ts';
import { settledPort } from './settled-port.ts';

const cache = process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay');
const venv = join(cache, 'superset');
const bundle = join(packageRoot, 'deploy', 'superset');

/** Whether scripts/install-superset.sh has brought a Superset here. */
export const isSupersetInstalled = existsSync(join(venv, 'prepared', 'done'));

/** A connection that the dashboards use: address without a password, and the password. */
export interface BiAddress {
  readonly url: string;
  readonly password: string;
}

export interface SupersetServer {
  readonly url: string;
  /** JSON of the API as the administrator; a body makes it a POST. */
  ask<Answer>(path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
  /** All assets as Superset exports them, by path, without the instant of the export. */
  exported(): Promise<Record<string, string>>;
  /** Brings the dashboards in through the API. */
  push(): Promise<void>;
  /** The same in a process of Superset's own, as start.sh does. */
  prepare(): Promise<void>;
  log(): string;
  stop(): Promise<void>;
}

/** A real Superset on a free port over a folder of its own, with the settings and the dashboards of deploy/superset. */
export async function startSuperset(postgres: BiAddress, clickhouse: BiAddress): Promise<SupersetServer> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-superset-'));
  const environment = writeSecrets(folder, postgres, clickhouse);
  copyFileSync(join(venv, 'prepared', 'superset.db'), join(folder, 'home', 'superset.db'));
  const port = await settledPort();
  const url = `http://127.0.0.1:${port}`;
  const server = serve(port, environment);
  let said = '';
  server.stderr?.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  await Promise.all([
    run(environment, [join(bundle, 'prepare.py'), 'admin', join(folder, 'admin')]),
    untilHealthy(url, server, () => said),
  ]);
  const session = await signedIn(url, environment.password, () => said);
  return {
    url,
    ask: session.json,
    log: () => said,
    exported: async () => {
      const answer = await session.raw('/api/v1/assets/export/');
      const files = Object.entries(unzipSync(new Uint8Array(await answer.arrayBuffer())));
      const named = files.map(([path, bytes]) => [path.replace(/^[^/]+\//, ''), strFromU8(bytes)] as const);
      return Object.fromEntries(named.filter(([path]) => path !== 'metadata.yaml'));
    },
    push: () => run(environment, [join(bundle, 'assets.py'), 'push', url]),
    prepare: () => run(environment, [join(bundle, 'prepare.py'), 'admin', join(folder, 'admin')]),
    stop: async () => {
      const ended = new Promise((resolve) => server.once('exit', resolve));
      if (server.exitCode === null && server.kill('SIGTERM')) await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

type Environment = Readonly<Record<string, string>> & { readonly password: string };

function writeSecrets(folder: string, postgres: BiAddress, clickhouse: BiAddress): Environment {
  mkdirSync(join(folder, 'home'));
  const password = randomBytes(12).toString('hex');
  const secrets = { key: randomBytes(40).toString('base64'), admin: password, postgres: postgres.password };
  for (const [name, text] of Object.entries({ ...secrets, clickhouse: clickhouse.password })) {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
  return {
    password,
    SUPERSET_CONFIG_PATH: join(bundle, 'superset_config.py'),
    SUPERSET_HOME: join(folder, 'home'),
    SUPERSET_SECRET_KEY_FILE: join(folder, 'key'),
    SUPERSET_ADMIN_PASSWORD_FILE: join(folder, 'admin'),
    ASSAY_LANG: 'en',
    ASSAY_BI_POSTGRES_URL: postgres.url,
    ASSAY_BI_POSTGRES_PASSWORD_FILE: join(folder, 'postgres'),
    ASSAY_BI_CLICKHOUSE_URL: clickhouse.url,
    ASSAY_BI_CLICKHOUSE_PASSWORD_FILE: join(folder, 'clickhouse'),
  };
}

function serve(port: number, environment: Environment): ChildProcess {
  const how = ['--bind', `127.0.0.1:${port}`, '--workers', '2', '--worker-class', 'gthread', '--threads', '4'];
  return spawn(
    join(venv, 'bin', 'gunicorn'),
    [...how, '--timeout', '120', '--keep-alive', '60', 'superset.app:create_app()'],
    {
      env: { ...process.env, ...environment },
      stdio: ['ignore', 'ignore', 'pipe'],
    },
  );
}

async function run(environment: Environment, args: readonly string[]): Promise<void> {
  const options = { env: { ...process.env, ...environment }, maxBuffer: 64 * 1024 * 1024 };
  await promisify(execFile)(join(venv, 'bin', 'python'), args, options);
}

async function untilHealthy(url: string, server: ChildProcess, said: () => string): Promise<void> {
  for (let waitedMs = 0; waitedMs < 180_000 && server.exitCode === null; waitedMs += 250) {
    const answer = await fetch(`${url}/health`).catch(() => null);
    if (answer?.ok) return;
    await sleep(250);
  }
  throw new Error(`Superset did not answer at ${url}:\n${said().slice(-3_000)}`);
}

interface SignedIn {
  raw(path: string, body?: unknown): Promise<Response>;
  json<Answer>(path: string, body?: unknown): Promise<{ status: number; body: Answer }>;
}

/** Whoever changes anything sends a token against forged requests, which belongs to a session. */
async function signedIn(url: string, password: string, said: () => string): Promise<SignedIn> {
  const login = { username: 'admin', password, provider: 'db', refresh: false };
  const entry = await fetch(`${url}/api/v1/security/login`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify(login),
  });
  const { access_token } = (await entry.json()) as { access_token: string };
  const bearer = { Authorization: `Bearer ${access_token}` };
  const token = await fetch(`${url}/api/v1/security/csrf_token/`, { headers: bearer });
  const cookie = token.headers
    .getSetCookie()
    .map((each) => each.split(';')[0])
    .join('; ');
  const { result } = (await token.json()) as { result: string };
  const raw = (path: string, body?: unknown): Promise<Response> =>
    fetch(url + path, {
      headers: {
        ...{ ...bearer, Cookie: cookie, 'X-CSRFToken': result, Referer: url },
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
  return {
    raw,
    json: async <Answer>(path: string, body?: unknown) => {
      const answer = await raw(path, body);
      const text = await answer.text();
      const isJson = answer.headers.get('content-type')?.includes('json') ?? false;
      if (!isJson)
        throw new Error(`${path} was answered with ${answer.status}. Superset's log:\n${said().slice(-3_000)}`);
      return { status: answer.status, body: JSON.parse(text) as Answer };
    },
  };
}

/** The password by which the embedded ClickHouse lets BI tools in. */
export function clickhouseReaderPassword(data: string): string {
  return readFileSync(join(data, 'olap', 'reader-password'), 'utf8').trim();
}
