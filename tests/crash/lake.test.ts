import { spawn } from 'node:child_process';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createFsLake } from '../../src/adapters/lake/fs.ts';
import { buildEntry } from '../support/build.ts';
import { objectContent } from './lake-object.ts';

const kills = 40;

describe(`a writer killed ${kills} times`, () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-lake-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('loses no acknowledged object and shows no part of one', async () => {
    const writer = await buildEntry('tests/crash/lake-writer.ts');
    const acknowledged: string[] = [];
    // Each round kills a little later, so that the moments spread over all the steps of a put.
    for (let round = 0; round < kills; round += 1)
      acknowledged.push(...(await writeUntilKilled(writer, round, 1 + (round % 3), round % 20)));
    expect(acknowledged.length).toBeGreaterThan(kills);

    const lake = createFsLake({ folder });
    const listed: string[] = [];
    for await (const { key } of lake.list('')) listed.push(key);
    expect(listed).toEqual(expect.arrayContaining(acknowledged));
    for (const key of listed) {
      const bytes = Buffer.from((await lake.get(key)) ?? []);
      const own = key === 'exports/latest' ? bytes.toString().split('\n', 1)[0] : key;
      expect(bytes.equals(Buffer.from(objectContent(own ?? ''))), `${key} is whole`).toBe(true);
    }
    // At most one put per round was under way.
    expect(listed.length).toBeLessThanOrEqual(acknowledged.length + kills + 1);
    expect((await readdir(join(folder, '.writing'))).length).toBeLessThanOrEqual(kills);
  });

  /** Keys acknowledged by a writer that is killed some milliseconds after so many of them. */
  function writeUntilKilled(writer: string, round: number, keys: number, afterMs: number): Promise<string[]> {
    return new Promise((resolve, reject) => {
      const child = spawn(process.execPath, [writer, folder, String(round)], { stdio: ['ignore', 'pipe', 'inherit'] });
      let output = '';
      let isDue = false;
      child.stdout.setEncoding('utf8');
      child.stdout.on('data', (text: string) => {
        output += text;
        if (isDue || output.split('\n').length <= keys) return;
        isDue = true;
        setTimeout(() => child.kill('SIGKILL'), afterMs);
      });
      child.on('error', reject);
      child.on('close', () => resolve(output.split('\n').slice(0, -1)));
    });
  }
});
