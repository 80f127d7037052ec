import { execFile, spawnSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';

/** The account an engine runs under when this process is root: PostgreSQL refuses root. */
export interface Account {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const ownAccount = 'assay-engine';

/** Null unless this process is root; else `postgres` where the system has it, an account made for it, or `nobody`. */
export async function unprivilegedAccount(): Promise<Account | null> {
  if (process.getuid?.() !== 0) return null;
  const existing = (await findAccount('postgres')) ?? (await findAccount(ownAccount));
  if (existing !== null) return existing;
  await createAccount();
  return (await findAccount(ownAccount)) ?? (await findAccount('nobody')) ?? { name: 'nobody', uid: 65534, gid: 65534 };
}

/** True when the account can enter the folder: asked of the system, so that access lists count too. */
export function canEnter(folder: string, account: Account | null): boolean {
  if (account === null) return true;
  const { uid, gid } = account;
  return spawnSync('/bin/sh', ['-c', 'cd "$0"', folder], { uid, gid, cwd: '/', stdio: 'ignore' }).status === 0;
}

async function findAccount(name: string): Promise<Account | null> {
  const lines = (await readFile('/etc/passwd', 'utf8').catch(() => '')).split('\n');
  const fields = lines.map((line) => line.split(':')).find(([account]) => account === name);
  if (fields === undefined || Number(fields[2]) === 0) return null;
  return { name, uid: Number(fields[2]), gid: Number(fields[3]) };
}

async function createAccount(): Promise<void> {
  const run = promisify(execFile);
  try {
    await run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', ownAccount]);
  } catch {
    // Small systems have BusyBox's adduser alone; without either, `nobody` is the last resort.
    await run('adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', ownAccount]).catch(() => undefined);
  }
}
