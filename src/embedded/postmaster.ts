import { readFile, realpath } from 'node:fs/promises';
import { join } from 'node:path';
import { commandLine, isAlive, sendSignal, waitUntilGone, workingFolder } from './processes.ts';

/** A running server, as its lock file `postmaster.pid` in the cluster's folder tells. */
export interface Postmaster {
  readonly pid: number;
  readonly port: number;
  /** False while it starts or recovers. */
  readonly isReady: boolean;
}

/** The server that runs on a cluster, null when none does: the process is checked, as a crash leaves the file behind. */
export async function runningPostmaster(cluster: string): Promise<Postmaster | null> {
  const lines = (await readFile(join(cluster, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  const pid = Number(lines[0]);
  if (!isAlive(pid) || !(await servesCluster(pid, cluster))) return null;
  return { pid, port: Number(lines[3]), isReady: lines[7]?.trim() === 'ready' };
}

/** Fast shutdown, then immediate, then kill: the cluster recovers from its log whichever it was. */
export async function endPostmaster(pid: number): Promise<'fast' | 'immediate' | 'killed'> {
  if (!sendSignal(pid, 'SIGINT') || (await waitUntilGone(pid, 8_000))) return 'fast';
  if (!sendSignal(pid, 'SIGQUIT') || (await waitUntilGone(pid, 4_000))) return 'immediate';
  sendSignal(pid, 'SIGKILL');
  await waitUntilGone(pid, 2_000);
  return 'killed';
}

/** Process ids are used again: only a process that works in this cluster's folder is its server. */
async function servesCluster(pid: number, cluster: string): Promise<boolean> {
  const real = await realpath(cluster);
  const folder = await workingFolder(pid);
  const command = (await commandLine(pid)) ?? '';
  if (folder !== null) return folder === real && /postgres/.test(command);
  return command.includes('postgres') && (command.includes(real) || command.includes(cluster));
}
