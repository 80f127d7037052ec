import { spawn } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unprivilegedAccount } from '../../src/embedded/unprivileged-account.ts';
import { identity, reachable } from './postgres-server.ts';
import { settledPort } from './settled-port.ts';

const home = join(process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay'), 'pgbouncer');

export const noPooler = existsSync(join(home, 'usr', 'sbin', 'pgbouncer'))
  ? null
  : 'no PgBouncer is installed: scripts/install-postgres.sh brings it';

export interface Pooler {
  /** The address of a role through the pooler. */
  through(url: string): string;
  stop(): Promise<void>;
}

/** PgBouncer in transaction mode before the server of an address, with two connections for all. */
export async function startPooler(url: string): Promise<Pooler> {
  const account = await unprivilegedAccount();
  const programs = reachable(home, account);
  const folder = mkdtempSync(join(tmpdir(), 'assay-pgbouncer-'));
  const port = await settledPort();
  const { hostname, port: serverPort, username, password } = new URL(url);
  writeFileSync(join(folder, 'users.txt'), `"${username}" "${password}"\n`);
  writeFileSync(
    join(folder, 'pgbouncer.ini'),
    [
      '[databases]',
      `* = host=${hostname} port=${serverPort}`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'auth_type = scram-sha-256',
      `auth_file = ${join(folder, 'users.txt')}`,
      'pool_mode = transaction',
      'default_pool_size = 2',
      'server_tls_sslmode = prefer',
      'unix_socket_dir =',
    ].join('\n'),
  );
  for (const path of [folder, join(folder, 'users.txt'), join(folder, 'pgbouncer.ini')]) {
    chmodSync(path, path === folder ? 0o755 : 0o644);
    if (account !== null) chownSync(path, account.uid, account.gid);
  }
  const child = spawn(join(programs, 'usr', 'sbin', 'pgbouncer'), [join(folder, 'pgbouncer.ini')], {
    ...identity(account),
    cwd: '/',
    stdio: 'ignore',
    env: {
      LD_LIBRARY_PATH: `${join(programs, 'usr', 'lib', 'x86_64-linux-gnu')}:${join(programs, 'lib', 'x86_64-linux-gnu')}`,
    },
  });
  for (let tries = 0; tries < 100 && !(await answers(port)); tries += 1) await sleep(50);
  return {
    through: (address) => {
      const pooled = new URL(address);
      pooled.port = String(port);
      pooled.search = '';
      return pooled.href;
    },
    stop: async () => {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      const timer = setTimeout(() => child.kill('SIGKILL'), 3_000);
      await ended;
      clearTimeout(timer);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    }).once('error', () => resolve(false));
  });
}
