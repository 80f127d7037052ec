import { type ChildProcess, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';
import { freePort } from '../../src/embedded/port-owner.ts';
import { eventually } from './eventually.ts';

const place = join(process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay'), 'clickhouse-server');
const program = join(place, 'bin', 'clickhouse-server');

/** null where scripts/install-clickhouse-server.sh has unpacked one. */
export const noClickhouseServer = existsSync(program) ? null : 'scripts/install-clickhouse-server.sh unpacked none';

export interface ClickhouseServer {
  readonly url: string;
  /** The address with a user of deploy/clickhouse/users.xml in it. */
  as(user: string, password: string, database?: string): string;
  /** What the server says to a statement, with its HTTP status. */
  ask(user: string, statement: string): Promise<{ status: number; said: string }>;
  start(): Promise<void>;
  kill(): Promise<void>;
  stop(): Promise<void>;
}

export const clickhousePassword = 'of-this-test';

/** The server of Debian 12 on free ports, with the users that compose.yaml gives to a new one. */
export async function startClickhouseServer(): Promise<ClickhouseServer> {
  const folder = mkdtempSync(join(tmpdir(), 'assay-clickhouse-'));
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  writeConfiguration(folder, { http: port, tcp: await freePort(), interserver: await freePort() });
  let server: ChildProcess;
  let said = '';
  const as = (user: string, password: string, database = 'assay') =>
    `http://${user}:${password}@127.0.0.1:${port}/${database}`;
  const start = async (): Promise<void> => {
    server = spawn(program, [`--config-file=${join(folder, 'config.xml')}`], {
      cwd: folder,
      env: { ...process.env, LD_LIBRARY_PATH: join(place, 'lib') },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [server.stdout, server.stderr]) stream?.on('data', (chunk) => (said += chunk));
    await eventually(async () => {
      if (server.exitCode !== null) throw new Error(`ClickHouse ended with ${server.exitCode}: ${said.slice(-3_000)}`);
      return (await fetch(url)).ok ? true : null;
    }, 'the ClickHouse server answers');
  };
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await ended;
  };
  await start();
  return {
    ...{ url, as, start, kill: () => end('SIGKILL') },
    async ask(user, statement) {
      const headers = { 'X-ClickHouse-User': user, 'X-ClickHouse-Key': clickhousePassword };
      const answer = await fetch(url, { method: 'POST', headers, body: statement });
      return { status: answer.status, said: await answer.text() };
    },
    async stop() {
      await end('SIGTERM');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** As in the container: the server's own users, with ours in users.d and the hashes in a file that ours name. */
function writeConfiguration(folder: string, ports: { http: number; tcp: number; interserver: number }): void {
  for (const name of ['users.d', 'data', 'tmp']) mkdirSync(join(folder, name));
  const file = (name: string, text: string) => writeFileSync(join(folder, name), `<yandex>${text}</yandex>\n`);
  file(
    'config.xml',
    `<logger><level>warning</level><console>1</console></logger><listen_host>127.0.0.1</listen_host>
    <path>${folder}/data/</path><tmp_path>${folder}/tmp/</tmp_path><users_config>users.xml</users_config>
    <default_profile>default</default_profile><default_database>default</default_database>
    <mark_cache_size>16777216</mark_cache_size><http_port>${ports.http}</http_port><tcp_port>${ports.tcp}</tcp_port>
    <interserver_http_port>${ports.interserver}</interserver_http_port>`,
  );
  const unlimited = 'queries errors result_rows read_rows execution_time'
    .split(' ')
    .map((name) => `<${name}>0</${name}>`);
  file(
    'users.xml',
    `<profiles><default/></profiles>
    <quotas><default><interval><duration>3600</duration>${unlimited.join('')}</interval></default></quotas>
    <users><default><password/><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota></default></users>`,
  );
  const hash = createHash('sha256').update(clickhousePassword).digest('hex');
  file('hashes.xml', ['app', 'bi'].map((one) => `<assay_${one}_sha256>${hash}</assay_${one}_sha256>`).join(''));
  writeFileSync(join(folder, 'users.d', 'assay.xml'), usersOfOurs(join(folder, 'hashes.xml')));
}

/** users.xml as it is deployed; a release of 2018 calls the root otherwise and has no constraints on settings yet. */
function usersOfOurs(hashes: string): string {
  return readFileSync(join(packageRoot, 'deploy', 'clickhouse', 'users.xml'), 'utf8')
    .replaceAll('clickhouse>', 'yandex>')
    .replace(/<constraints>.*?<\/constraints>/s, '')
    .replace('/run/secrets/clickhouse_passwords', hashes);
}
