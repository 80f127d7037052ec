import { type ChildProcess, fork } from 'node:child_process';
import { setPriority } from 'node:os';
import type { Settings } from '../config/settings.ts';
import { programPath } from './engines.ts';
import type { ServiceAddresses } from './service-addresses.ts';

/** What a child process is told first. */
export interface ChildOrders {
  readonly settings: Settings;
  readonly addresses: ServiceAddresses;
  /** The worker brings everything up to date when it starts; a worker started again goes on with the same runs. */
  readonly catchUp: CatchUp;
}

export interface CatchUp {
  /** Names the runs of one start of the services, so that a new worker finds those of the one that died. */
  readonly startId: string;
  /** Pause after a run that failed for want of the source or a store; it grows with each failure. */
  readonly retryAfterMs: number;
}

/** What a child process tells. */
export type ChildReport =
  | { readonly type: 'ready'; readonly urls: Readonly<Record<string, string>> }
  | { readonly type: 'progress'; readonly message: string }
  | { readonly type: 'run-ended'; readonly flow: string; readonly ok: boolean; readonly message: string }
  /** There is nothing to show and nobody to ask for it. */
  | { readonly type: 'no-source'; readonly message: string }
  | { readonly type: 'failed'; readonly code: string; readonly message: string; readonly hint: string | null };

export interface KeptChild {
  /** Resolves with the first `ready`; rejects with the report of a first start that failed. */
  readonly ready: Promise<Readonly<Record<string, string>>>;
  readonly pid: () => number | undefined;
  stop(): Promise<void>;
}

const longestPauseMs = 10_000;
const stopTimeoutMs = 8_000;

/** Runs a program of ours as a child and starts it again when it dies, with growing pauses. */
export function keepChild(options: {
  readonly program: string;
  readonly orders: ChildOrders;
  readonly lowPriority: boolean;
  readonly onReport: (report: ChildReport) => void;
  readonly onRestart: (reason: string) => void;
}): KeptChild {
  let child: ChildProcess | null = null;
  let stopping = false;
  let pauseMs = 200;
  let settleReady: { resolve: (urls: Readonly<Record<string, string>>) => void; reject: (report: ChildReport) => void };
  const ready = new Promise<Readonly<Record<string, string>>>((resolve, reject) => {
    settleReady = { resolve, reject };
  });
  // The caller may stop before looking; the rejection is then of no interest.
  ready.catch(() => undefined);

  const start = () => {
    const started = fork(programPath(options.program), [], {
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [...process.execArgv, '--expose-gc', '--max-semi-space-size=8'],
      // One arena of glibc's allocator: what threads of a tournament freed is used again instead of being kept apart.
      env: { MALLOC_ARENA_MAX: '1', ...process.env },
    });
    child = started;
    if (options.lowPriority && started.pid !== undefined) setPriority(started.pid, 19);
    // A child that dies before it reads them is started again by its exit.
    started.send(options.orders, () => undefined);
    started.on('message', (message) => {
      const report = message as ChildReport;
      if (report.type === 'ready') {
        pauseMs = 200;
        settleReady.resolve(report.urls);
      }
      if (report.type === 'failed') settleReady.reject(report);
      options.onReport(report);
    });
    started.on('exit', (code, signal) => {
      child = null;
      if (stopping) return;
      options.onRestart(signal === null ? `exit code ${code}` : `signal ${signal}`);
      setTimeout(() => stopping || start(), pauseMs).unref();
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    });
  };
  start();
  return {
    ready,
    pid: () => child?.pid,
    stop: async () => {
      stopping = true;
      await endChild(child);
    },
  };
}

function endChild(child: ChildProcess | null): Promise<void> {
  if (child === null || child.exitCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => child.kill('SIGKILL'), stopTimeoutMs);
    child.once('exit', () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill('SIGTERM');
  });
}
