import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';

export interface MlflowCommands {
  /** What a command of MLflow's command line prints; fails when it does. Commands run one after another. */
  run(...words: string[]): Promise<string>;
  close(): void;
}

/** MLflow's command line in one process of Python, whose start takes seconds of a processor. */
export function startMlflowCommands(python: string, folder: string, environment: NodeJS.ProcessEnv): MlflowCommands {
  const script = join(packageRoot, 'tests', 'interop', 'mlflow_commands.py');
  const child = spawn(python, [script], { cwd: folder, env: environment, stdio: ['pipe', 'pipe', 'pipe'] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString('utf8')));
  let former: Promise<unknown> = Promise.resolve();
  const answer = async (words: readonly string[]): Promise<string> => {
    complaints = '';
    child.stdin.write(`${JSON.stringify(words)}\n`);
    const { value } = await lines.next();
    const { code, stdout } = JSON.parse(value ?? '{"code":"none"}') as { code: unknown; stdout: string };
    expect(code, `mlflow ${words.join(' ')}: ${complaints.slice(-2_000)}`).toBe(0);
    return stdout;
  };
  return {
    run: (...words) => {
      const mine = former.then(() => answer(words));
      former = mine.catch(() => undefined);
      return mine;
    },
    close: () => void child.kill(),
  };
}
