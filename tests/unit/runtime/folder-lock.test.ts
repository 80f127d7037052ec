import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { askHolder, takeFolder } from '../../../src/runtime/folder-lock.ts';

const newFolder = () => mkdtempSync(join(tmpdir(), 'assay-lock-'));

describe('the lock of a data folder', () => {
  it('goes to one holder, who tells who it is', async () => {
    const folder = newFolder();
    const first = await takeFolder(folder, 'up');
    expect(first.held).toBe(true);
    if (!first.held) return;
    first.lock.describe({ command: 'up', url: 'http://127.0.0.1:8501' });
    const second = await takeFolder(folder, 'up');
    expect(second).toEqual({ held: false, holder: { pid: process.pid, command: 'up', url: 'http://127.0.0.1:8501' } });
    await first.lock.release();
    expect(await askHolder(folder)).toBeNull();
    const third = await takeFolder(folder, 'sync');
    expect(third.held).toBe(true);
    if (third.held) await third.lock.release();
  });

  it('gives one of many contenders the folder', async () => {
    const folder = newFolder();
    const outcomes = await Promise.all(Array.from({ length: 20 }, () => takeFolder(folder, 'sync')));
    const winners = outcomes.filter((outcome) => outcome.held);
    expect(winners).toHaveLength(1);
    for (const outcome of winners) if (outcome.held) await outcome.lock.release();
  });

  it('keeps folders apart', async () => {
    const [one, other] = await Promise.all([takeFolder(newFolder(), 'up'), takeFolder(newFolder(), 'up')]);
    expect([one.held, other.held]).toEqual([true, true]);
    for (const outcome of [one, other]) if (outcome.held) await outcome.lock.release();
  });
});
