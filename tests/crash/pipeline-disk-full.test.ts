import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { moscowInstant } from '../../src/domain/moscow-time.ts';
import { type Replica, startReplica } from '../../src/replica/server.ts';
import { examineInstallation } from '../support/examine-installation.ts';
import { createInstallation, type TestInstallation } from '../support/installation.ts';
import { type MadeHistory, makeHistory } from '../support/made-history.ts';

const mayMount = process.platform === 'linux' && process.getuid?.() === 0 && canMount();
let history: MadeHistory;
let replica: Replica;
let installation: TestInstallation;
let disk: string;
let shown: number;

function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'assay-mount-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder]).status === 0;
  if (mounted) spawnSync('umount', [folder]);
  rmSync(folder, { recursive: true });
  return mounted;
}

beforeAll(async () => {
  if (!mayMount) return;
  disk = mkdtempSync(join(tmpdir(), 'assay-disk-'));
  expect(spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=420m,mode=755', 'tmpfs', disk]).status).toBe(0);
  history = makeHistory();
  shown = history.dates.length - 12;
  replica = await startReplica({ dataFolder: history.folder, port: 0, published: publishedThrough(shown) });
  installation = createInstallation({
    ASSAY_CBR_URL: replica.url,
    ASSAY_NOW: '2019-06-29T12:00:00Z',
    ASSAY_DATA: disk,
  });
  const first = await installation.run(['up', '--once']);
  expect(first.exitCode, first.stderr).toBe(0);
});

afterAll(async () => {
  if (!mayMount) return;
  await installation?.remove();
  await replica?.stop();
  spawnSync('umount', ['-l', disk]);
  rmSync(disk, { recursive: true, force: true });
  rmSync(history.folder, { recursive: true, force: true });
});

describe.skipIf(!mayMount)('a full disk (needs root and leave to mount a tmpfs)', () => {
  it('is told as such, and everything works again when there is space', async () => {
    fill(0);
    const failed = await installation.run(['up', '--once']);
    expect([failed.exitCode, failed.stdout], failed.stderr).toEqual([1, '']);
    expect(failed.stderr).toMatch(/assay: .*(full|no space left|not enough space)/i);
    expect(failed.stderr).not.toContain('this is a bug');
    rmSync(ballast());
    const again = await installation.run(['up', '--once']);
    expect(again.exitCode, again.stderr).toBe(0);
  });

  it.each([1, 6])('with %i MiB left: the run ends, one way or the other, and loses nothing', async (mebibytes) => {
    shown += 2;
    replica.setPublished(publishedThrough(shown));
    fill(mebibytes * 1024 * 1024);
    const result = await installation.run(['up', '--once']);
    if (result.exitCode !== 0) {
      expect(result.exitCode, result.stderr).toBe(1);
      expect(result.stderr).toMatch(/assay: .*(full|no space left|not enough space)/i);
      expect(result.stderr).not.toContain('this is a bug');
    }
    rmSync(ballast());
    const again = await installation.run(['up', '--once']);
    expect(again.exitCode, again.stderr).toBe(0);
    const found = await examineInstallation({
      ...{ data: disk, quoteDates: shown, acknowledged: { loads: [], forecasts: [] } },
    });
    expect(found.violations).toEqual([]);
  });
});

const ballast = () => join(disk, 'ballast');

function publishedThrough(count: number) {
  return moscowInstant(history.dates[count - 1] ?? expect.fail('the made history is too short'), '12:00');
}

/** Leaves so many bytes free, and for 0 no whole block. */
function fill(free: number): void {
  const left = () => Number(statfsSync(disk).bavail) * Number(statfsSync(disk).bsize) - free;
  for (let size = left(); size >= 4096; ) {
    try {
      writeFileSync(ballast(), Buffer.alloc(size), { flag: 'a' });
      size = left();
    } catch {
      // Part of it was written: the rest is tried in smaller pieces.
      size = Math.floor(size / 2);
    }
  }
}
