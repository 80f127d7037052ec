import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { settledPort } from './settled-port.ts';

const program = join(
  process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay'),
  'bin',
  process.platform === 'win32' ? 'versitygw.exe' : 'versitygw',
);

/** Why no real S3 server can be started here, or null. */
export const noS3Server = existsSync(program)
  ? null
  : 'no S3 server is installed: scripts/install-s3-server.sh builds one';

export const s3Credentials = { AWS_ACCESS_KEY_ID: 'assay-tests', AWS_SECRET_ACCESS_KEY: 'only-on-loopback' };

export interface S3Server {
  readonly endpoint: string;
  /** An empty bucket; its folder in the server's store is made directly. */
  bucket(name: string): Promise<void>;
  /** Credentials of an account that is known and owns nothing. */
  stranger(): typeof s3Credentials;
  /** Ends the process at once, as a crash does; `start` begins it again over the same objects. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** VersityGW, a real S3 server over a folder of its own, on a free port of loopback. */
export async function startS3Server(): Promise<S3Server> {
  const folder = await mkdtemp(join(tmpdir(), 'assay-s3-'));
  const accounts = await mkdtemp(join(tmpdir(), 'assay-s3-accounts-'));
  const port = await settledPort();
  let child: ChildProcess | null = null;
  const kill = async () => {
    if (child === null || child.exitCode !== null) return;
    const ended = new Promise((resolve) => child?.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  };
  const start = async () => {
    child = spawn(
      program,
      ['--port', `127.0.0.1:${port}`, '--health', '/health', '--quiet', '--iam-dir', accounts, 'posix', folder],
      {
        env: { ROOT_ACCESS_KEY: s3Credentials.AWS_ACCESS_KEY_ID, ROOT_SECRET_KEY: s3Credentials.AWS_SECRET_ACCESS_KEY },
        stdio: 'ignore',
      },
    );
    for (let tries = 0; tries < 200; tries += 1) {
      const answer = await fetch(`http://127.0.0.1:${port}/health`).catch(() => null);
      if (answer?.ok) return;
      await sleep(50);
    }
    throw new Error('The S3 server did not start within 10 s.');
  };
  await start();
  return {
    endpoint: `http://127.0.0.1:${port}`,
    bucket: async (name) => {
      await mkdir(join(folder, name));
    },
    stranger: () => {
      const known = { AWS_ACCESS_KEY_ID: 'stranger', AWS_SECRET_ACCESS_KEY: 'owns-nothing' };
      const root = [s3Credentials.AWS_ACCESS_KEY_ID, s3Credentials.AWS_SECRET_ACCESS_KEY] as const;
      execFileSync(program, [
        ...['admin', '--access', root[0], '--secret', root[1], '--endpoint-url', `http://127.0.0.1:${port}`],
        ...[
          'create-user',
          '--access',
          known.AWS_ACCESS_KEY_ID,
          '--secret',
          known.AWS_SECRET_ACCESS_KEY,
          '--role',
          'user',
        ],
      ]);
      return known;
    },
    kill,
    start,
    stop: async () => {
      await kill();
      await rm(accounts, { recursive: true, force: true });
      await rm(folder, { recursive: true, force: true });
    },
  };
}
