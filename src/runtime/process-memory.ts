import { readdir, readFile } from 'node:fs/promises';

export interface ProcessMemory {
  readonly process: string;
  readonly bytes: number;
  readonly count: number;
}

/**
 * Memory of a process and everything it started, by kind; shared pages are counted once where the system tells
 * (Linux). Empty where it tells nothing.
 */
export async function memoryBelow(root: number): Promise<ProcessMemory[]> {
  const names = await readdir('/proc').catch(() => []);
  const found = await Promise.all(names.filter((name) => /^\d+$/.test(name)).map((name) => describe(Number(name))));
  const processes = new Map(found.flatMap((one) => (one === null ? [] : [[one.pid, one] as const])));
  const isBelow = (pid: number): boolean =>
    pid === root || (processes.has(pid) && isBelow(processes.get(pid)?.parent ?? 0));
  const kinds = new Map<string, { bytes: number; count: number }>();
  for (const { pid, kind, bytes } of await Promise.all(
    [...processes.values()]
      .filter((one) => isBelow(one.pid))
      .map(async (one) => ({ ...one, bytes: await bytesOf(one.pid) })),
  )) {
    if (bytes === null || pid === 0) continue;
    const known = kinds.get(kind) ?? { bytes: 0, count: 0 };
    kinds.set(kind, { bytes: known.bytes + bytes, count: known.count + 1 });
  }
  return [...kinds].map(([process, size]) => ({ process, ...size })).sort((left, right) => right.bytes - left.bytes);
}

interface Described {
  readonly pid: number;
  readonly parent: number;
  readonly kind: string;
}

async function describe(pid: number): Promise<Described | null> {
  const [stat, command] = await Promise.all([text(`/proc/${pid}/stat`), text(`/proc/${pid}/cmdline`)]);
  if (stat === null || command === null) return null;
  const parent = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]);
  return { pid, parent, kind: kindOf(command.replaceAll('\0', ' ')) };
}

function kindOf(command: string): string {
  if (command.includes('processes/web')) return 'web';
  if (command.includes('processes/worker')) return 'worker';
  if (command.includes('olap-server')) return 'ClickHouse';
  if (/postgres/.test(command)) return 'PostgreSQL';
  return command.includes('cli/main') ? 'supervisor' : 'other';
}

/** Proportional share where it may be read, else what is resident. */
async function bytesOf(pid: number): Promise<number | null> {
  const rollup = await text(`/proc/${pid}/smaps_rollup`);
  const share = /^Pss:\s+(\d+) kB/m.exec(rollup ?? '')?.[1];
  if (share !== undefined) return Number(share) * 1024;
  const resident = /^VmRSS:\s+(\d+) kB/m.exec((await text(`/proc/${pid}/status`)) ?? '')?.[1];
  return resident === undefined ? null : Number(resident) * 1024;
}

/** Null for a process that has gone meanwhile, or whose file may not be read. */
async function text(path: string): Promise<string | null> {
  return readFile(path, 'utf8').catch(() => null);
}
