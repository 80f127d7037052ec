import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

export interface FoundProcess {
  readonly pid: number;
  readonly command: string;
}

/** Every process that works in a data folder: named by its arguments, its environment or its working folder. */
export function processesOf(folder: string): readonly FoundProcess[] {
  const found: FoundProcess[] = [];
  for (const name of readdirSync('/proc')) {
    const pid = Number(name);
    if (!Number.isSafeInteger(pid) || pid === process.pid) continue;
    const command = read(`/proc/${pid}/cmdline`).replaceAll('\0', ' ').trim();
    // A zombie has no command line any more, and holds nothing.
    if (command === '') continue;
    const uses = command.includes(folder) || read(`/proc/${pid}/environ`).includes(folder);
    if (uses || worksIn(pid, folder)) found.push({ pid, command });
  }
  return found;
}

/** Resolves when no process works in the folder; gives those that still do after the time. */
export async function untilNobodyUses(folder: string, timeoutMs: number): Promise<readonly FoundProcess[]> {
  const deadline = performance.now() + timeoutMs;
  for (;;) {
    const left = processesOf(folder);
    if (left.length === 0 || performance.now() > deadline) return left;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** The ClickHouse process is told of its folder by its input and has a bare environment, but it works in it. */
function worksIn(pid: number, folder: string): boolean {
  try {
    return readlinkSync(`/proc/${pid}/cwd`).startsWith(folder);
  } catch {
    // Gone meanwhile, or another user's.
    return false;
  }
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // Gone meanwhile, or another user's.
    return '';
  }
}
