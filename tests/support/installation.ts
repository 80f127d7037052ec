import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packageRoot } from '../../src/config/package-root.ts';

/** The command line as built; `npm run test:slow` builds it first. */
export const builtCli = join(packageRoot, 'dist', 'src', 'cli', 'main.js');

export interface CommandResult {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly seconds: number;
}

/** A data folder of its own with free ports, and the command line over it. */
export interface TestInstallation {
  readonly data: string;
  readonly environment: Readonly<Record<string, string>>;
  run(args: readonly string[], options?: { timeoutMs?: number }): Promise<CommandResult>;
  /** Starts a command in a process group of its own and leaves it running. */
  start(args: readonly string[]): RunningCommand;
  /** Ends what is left and removes the folder. */
  remove(): Promise<void>;
}

export interface RunningCommand {
  readonly child: ChildProcess;
  readonly exited: Promise<CommandResult>;
  /** Everything written to stderr so far. */
  stderr(): string;
  /** Resolves when the text appears on stdout or stderr; rejects when the command ends first. */
  untilSaid(text: string | RegExp): Promise<string>;
  kill(signal: NodeJS.Signals): void;
}

export function createInstallation(environment: Readonly<Record<string, string>>): TestInstallation {
  const data = mkdtempSync(join(tmpdir(), 'assay-e2e-'));
  // So that the engine's account can enter when tests run as root, and the cluster stays in the folder.
  chmodSync(data, 0o755);
  const running = new Set<RunningCommand>();
  const all = {
    ASSAY_DATA: data,
    ASSAY_PORT: '0',
    ASSAY_TRACKING_PORT: '0',
    ASSAY_POSTGRES_PORT: '0',
    ASSAY_OLAP_PORT: '0',
    NO_COLOR: '1',
    ...environment,
  };
  const start = (args: readonly string[]): RunningCommand => {
    const command = startCommand(args, { ...process.env, ...all });
    running.add(command);
    void command.exited.then(() => running.delete(command));
    return command;
  };
  return {
    data,
    environment: all,
    start,
    async run(args, options = {}) {
      const command = start(args);
      const timer = setTimeout(() => command.kill('SIGKILL'), options.timeoutMs ?? 300_000);
      const result = await command.exited;
      clearTimeout(timer);
      return result;
    },
    async remove() {
      const left = [...running];
      for (const command of left) command.kill('SIGTERM');
      await Promise.all(left.map((command) => command.exited));
      rmSync(data, { recursive: true, force: true });
    },
  };
}

/** Starts the built command line; in a process group of its own it can be killed with all that it started. */
export function startCommand(
  args: readonly string[],
  environment: NodeJS.ProcessEnv,
  options: { readonly ownGroup?: boolean } = {},
): RunningCommand {
  const started = performance.now();
  const child = spawn(process.execPath, [builtCli, ...args], {
    env: environment,
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: options.ownGroup === true,
  });
  let stdout = '';
  let stderr = '';
  const listeners = new Set<() => void>();
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString('utf8');
    for (const listener of listeners) listener();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString('utf8');
    for (const listener of listeners) listener();
  });
  const exited = new Promise<CommandResult>((resolve) => {
    // `close` alone would wait for an orphan that still holds the pipes of a killed command.
    child.once('exit', (exitCode, signal) => {
      const over = () => resolve({ exitCode, signal, stdout, stderr, seconds: (performance.now() - started) / 1000 });
      const timer = setTimeout(over, 1_000);
      child.once('close', () => {
        clearTimeout(timer);
        over();
      });
    });
  });
  const untilSaid = (text: string | RegExp) =>
    new Promise<string>((resolve, reject) => {
      const look = () => {
        const said = stdout + stderr;
        if (typeof text === 'string' ? said.includes(text) : text.test(said)) {
          listeners.delete(look);
          resolve(said);
        }
      };
      listeners.add(look);
      void exited.then(() => reject(new Error(`ended before it said ${String(text)}:\n${stdout}\n${stderr}`)));
      look();
    });
  return { child, exited, stderr: () => stderr, untilSaid, kill: (signal) => void child.kill(signal) };
}
