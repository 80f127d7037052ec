import { mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createPartsWriter, type PartsWriter } from '../../../../src/adapters/lake/fs-writer.ts';
import { buildEntry } from '../../../support/build.ts';

let folder = '';
const writers = new Map<string, PartsWriter>();

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'assay-writer-'));
  const entry = pathToFileURL(await buildEntry('src/adapters/lake/fs-writing-thread.ts')).href;
  writers.set('here', createPartsWriter(null));
  writers.set('on a thread', createPartsWriter(entry));
});
afterAll(() => rm(folder, { recursive: true }));

describe.each(['here', 'on a thread'])('createPartsWriter, %s', (where) => {
  const write: PartsWriter = (...args) => writers.get(where)?.(...args) ?? Promise.reject(new TypeError(where));

  it('puts each batch where it belongs, whatever the order, those that share memory too', async () => {
    const file = await open(join(folder, `order ${where}`), 'w');
    const shared = Buffer.from('abcdef');
    await Promise.all([
      write(file, [shared.subarray(2, 4), shared.subarray(4)], 5),
      write(file, [new Uint8Array([48]), new Uint8Array(), Buffer.from('1234')], 0),
    ]);
    await file.close();
    expect(await readFile(join(folder, `order ${where}`), 'utf8')).toBe('01234cdef');
    expect(shared.toString()).toBe('abcdef');
  });

  it('takes more parts than the system takes at once', async () => {
    const file = await open(join(folder, `many ${where}`), 'w');
    const parts = Array.from({ length: 3000 }, (_, index) => Buffer.from(`${index},`));
    const expected = Buffer.concat(parts).toString();
    await write(file, parts, 0);
    await file.close();
    expect(await readFile(join(folder, `many ${where}`), 'utf8')).toBe(expected);
  });

  it('tells what the system refused', async () => {
    const file = await open(join(folder, `order ${where}`), 'r');
    await expect(write(file, [Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'EBADF' });
    await file.close();
  });
});

describe('a writing thread', () => {
  it('that cannot start fails what it was given, and the next writing is tried anew', async () => {
    const writer = createPartsWriter(pathToFileURL(join(folder, 'none.mjs')).href);
    const file = await open(join(folder, 'lost'), 'w');
    for (const _ of [1, 2]) {
      await expect(writer(file, [Buffer.from('x')], 0)).rejects.toMatchObject({ code: 'ENGINE_FAILED' });
    }
    await file.close();
  });
});
