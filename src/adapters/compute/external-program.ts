import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { PlatformError } from '../../domain/errors.ts';
import { quantileLevels } from '../../domain/forecaster.ts';
import type { ProgramCommand } from './external-reference.ts';

export interface ProgramLimits {
  /** From start to the first line. */
  readonly greetingMs: number;
  /** One answer. */
  readonly answerMs: number;
  /** Address space of the program and of each process it starts. */
  readonly megabytes: number;
  /** Processor time: ends even a program that nobody watches any more. */
  readonly cpuSeconds: number;
}

export const defaultProgramLimits: ProgramLimits = {
  greetingMs: 20_000,
  answerMs: 30_000,
  megabytes: 4096,
  cpuSeconds: 600,
};

/** A program that said hello and waits for requests. */
export interface RunningProgram {
  /** Fewest observations it accepts, as it said. */
  readonly minObservations: number;
  /**
   * Sends one request and waits for the answer to it. Throws ENGINE_FAILED, and the program is ended, when it ends, is
   * too slow, or answers something that is no answer; `isOver` is true then.
   */
  ask(request: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>>;
  isOver(): boolean;
}

/** A line longer than this is no answer: 14 horizons of ten numbers take some 3 KB. */
const longestLine = 4_000_000;
/** Last characters of what the program complains about that are quoted in a reason. */
const quoted = 400;

/**
 * Starts a program in a process group of its own, under limits of the kernel (`ulimit`), with no environment but the one
 * given, and exchanges greetings. It is ended when the signal aborts. Throws ENGINE_FAILED with what it last wrote to stderr when that fails.
 */
export async function startProgram(
  command: ProgramCommand,
  environment: Readonly<Record<string, string>>,
  limits: ProgramLimits,
  signal: AbortSignal,
): Promise<RunningProgram> {
  const child = spawn('/bin/sh', ['-c', script, 'sh', ...limitWords(limits), ...command.words], {
    cwd: command.folder,
    env: { ...environment },
    stdio: 'pipe',
    detached: true,
  });
  const lines = readLines(child);
  let isOver = false;
  const end = () => {
    isOver = true;
    killGroup(child);
  };
  // Also while it is still greeting, when nobody holds it yet.
  if (signal.aborted) end();
  signal.addEventListener('abort', end, { once: true });
  let asked = 0;
  const exchange = async (message: Readonly<Record<string, unknown>>, timeoutMs: number) => {
    child.stdin.write(`${JSON.stringify(message)}\n`);
    try {
      return parseLine(await lines.next(timeoutMs));
    } catch (error) {
      end();
      throw error;
    }
  };
  const greeting = await exchange({ type: 'hello', protocol: 1, quantileLevels }, limits.greetingMs);
  if (greeting['type'] !== 'hello' || greeting['protocol'] !== 1) {
    end();
    throw failed('its first line is no greeting of protocol 1', { greeting });
  }
  return {
    minObservations: wholeOr(greeting['minObservations'], 1),
    async ask(request) {
      asked += 1;
      const answer = await exchange({ ...request, type: 'forecast', id: asked }, limits.answerMs);
      if (answer['id'] === asked) return answer;
      end();
      throw failed(`it answered request ${String(answer['id'])} when asked ${asked}`, {});
    },
    isOver: () => isOver,
  };
}

const script = 'ulimit -v "$1"; ulimit -t "$2"; ulimit -c 0; shift 2; exec "$@"';

function limitWords({ megabytes, cpuSeconds }: ProgramLimits): string[] {
  return [String(megabytes * 1024), String(cpuSeconds)];
}

/** Lines of stdout, one at a time, and the reason once there can be no more. */
function readLines(child: ChildProcessWithoutNullStreams) {
  let complaints = '';
  let rest = '';
  let over: PlatformError | null = null;
  const ready: string[] = [];
  let wake: () => void = () => undefined;
  const stop = (reason: string) => {
    const said = complaints.trim();
    over ??= failed(said === '' ? reason : `${reason}; its last words: ${said}`, {});
    wake();
  };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    ready.push(...parts.filter((line) => line.trim() !== ''));
    if (rest.length > longestLine || ready.length > 1000) stop('it writes without end');
    wake();
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    complaints = (complaints + text).slice(-quoted);
  });
  child.on('error', (error) => stop(`it could not be started: ${error.message}`));
  child.on('close', (code, signal) => stop(`it ended (${signal ?? `code ${code}`})`));
  // Writing to a program that has ended: its end is the news, and it is told above.
  child.stdin.on('error', (error) => {
    complaints ||= error.message;
  });
  return {
    async next(timeoutMs: number): Promise<string> {
      let isLate = false;
      const timer = setTimeout(() => {
        isLate = true;
        wake();
      }, timeoutMs);
      try {
        while (true) {
          const line = ready.shift();
          if (line !== undefined) return line;
          if (over !== null) throw over;
          if (isLate) throw failed(`it did not answer within ${timeoutMs} ms`, {});
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      } finally {
        clearTimeout(timer);
      }
    },
  };
}

function parseLine(line: string): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw failed(`it wrote a line that is no JSON: ${line.slice(0, 80)}`, {}, cause);
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw failed(`it wrote a line that is no object: ${line.slice(0, 80)}`, {});
}

/** Ends the program and all that it started. */
function killGroup(child: ChildProcessWithoutNullStreams): void {
  child.stdin.destroy();
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // It ended by itself between the two lines.
    if (!(error instanceof Error && 'code' in error && error.code === 'ESRCH')) throw error;
  }
}

function wholeOr(value: unknown, fallback: number): number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 1 ? value : fallback;
}

function failed(reason: string, context: Record<string, unknown>, cause?: unknown): PlatformError {
  return new PlatformError('ENGINE_FAILED', `The program failed: ${reason}.`, {
    ...(cause === undefined ? {} : { cause }),
    context,
    hint: 'Run it by hand and write it a line of docs/guide/own-model.md.',
  });
}
