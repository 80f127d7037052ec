import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventually } from '../../support/eventually.ts';

const state = pathToFileURL(join(import.meta.dirname, '../../../scripts/stack-services/state.mjs')).href;
const folder = mkdtempSync(join(tmpdir(), 'assay-stack-state-'));
vi.stubEnv('ASSAY_STACK', folder);
const { isAlive, endRemains, portOf } = (await import(state)) as {
  portOf(name: string): Promise<number>;
  isAlive(service: { pid: number; startedAt?: number }): boolean;
  endRemains(service: { pid: number }): void;
};

afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

it('gives a service the same port ever after, and another to another', async () => {
  const port = await portOf('clickhouse');
  expect(await portOf('tracking')).not.toBe(port);
  expect(await portOf('clickhouse')).toBe(port);
});

/** A process whose parent never asks for its end, as those of `scripts/stack` in a container without an init. */
describe.skipIf(!existsSync('/proc/self/stat'))('what scripts/stack takes for running', () => {
  let parent: ReturnType<typeof spawn>;
  let pid: number;
  beforeEach(async () => {
    parent = spawn('bash', ['-c', 'sleep 60 & echo $!; exec sleep 60'], { detached: true });
    const [said] = (await once(parent.stdout ?? parent, 'data')) as [Buffer];
    pid = Number(said);
  });
  afterEach(() => parent.kill('SIGKILL'));

  it('is a process that works', () => {
    expect(isAlive({ pid })).toBe(true);
    expect(isAlive({ pid: process.pid })).toBe(true);
  });

  it('is not one that was killed and is still in the table', async () => {
    process.kill(pid, 'SIGKILL');
    await eventually(() => (isAlive({ pid }) ? null : true), 'it counts as ended');
    // The very question that took it for a service that runs.
    expect(() => process.kill(pid, 0)).not.toThrow();
  });

  it('is not another process that has its number now', () => {
    expect(isAlive({ pid, startedAt: 1 })).toBe(false);
  });

  it('ends the rest of the group of one that died', async () => {
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    endRemains({ pid: parent.pid ?? 0 });
    await eventually(() => (isAlive({ pid }) ? null : true), 'it counts as ended');
  });

  it('leaves the group of one that lives', () => {
    endRemains({ pid: parent.pid ?? 0 });
    expect(isAlive({ pid })).toBe(true);
  });
});
