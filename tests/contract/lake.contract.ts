import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PlatformError } from '../../src/domain/errors.ts';
import type { Lake } from '../../src/ports/lake.ts';

/** A place that outlives the lake objects opened on it, as a folder or a bucket does. */
export interface LakePlace {
  open(): Lake;
  clear(): Promise<void>;
}

/** What every lake must do, whatever it is made of. */
export function lakeContract(name: string, makePlace: () => Promise<LakePlace>): void {
  describe(`lake contract: ${name}`, () => {
    let place: LakePlace;
    let lake: Lake;
    beforeEach(async () => {
      place = await makePlace();
      lake = place.open();
    });
    afterEach(() => place.clear());

    it('gives back the bytes it was given, to a later opening too', async () => {
      const bytes = Uint8Array.from({ length: 300_000 }, (_, index) => (index * 7) % 256);
      expect(await lake.putIfAbsent('raw/cbr/metals/a.xml', bytes)).toBe('created');
      expect(Buffer.from((await lake.get('raw/cbr/metals/a.xml')) ?? []).equals(Buffer.from(bytes))).toBe(true);
      expect(Buffer.from((await place.open().get('raw/cbr/metals/a.xml')) ?? []).equals(Buffer.from(bytes))).toBe(true);
    });

    it('keeps an empty object apart from none', async () => {
      await lake.putIfAbsent('raw/empty', new Uint8Array());
      expect(await lake.get('raw/empty')).toHaveLength(0);
      expect(await lake.get('raw/nothing')).toBeNull();
      expect(await lake.get('raw')).toBeNull();
    });

    it('never overwrites', async () => {
      await lake.putIfAbsent('raw/a', text('first'));
      expect(await lake.putIfAbsent('raw/a', text('second'))).toBe('exists');
      expect(await read(lake, 'raw/a')).toBe('first');
    });

    it('lets one of many writers of a key win, whole', async () => {
      const lakes = [lake, place.open(), place.open()];
      const contents = Array.from({ length: 24 }, (_, index) => `${index}`.repeat(20_000));
      const outcomes = await Promise.all(
        contents.map((content, index) => (lakes[index % 3] ?? lake).putIfAbsent('raw/contested', text(content))),
      );
      expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
      expect(await read(lake, 'raw/contested')).toBe(contents[outcomes.indexOf('created')]);
    });

    it('takes bytes in parts, and keeps the former object when they end in an error', async () => {
      const parts = async function* (fails: boolean) {
        for (let part = 0; part < 120; part++) yield new Uint8Array(50_000).fill(part);
        yield text('the end');
        if (fails) throw new PlatformError('INPUT_INVALID', 'cut off');
      };
      await lake.replace('exports/parts', parts(false));
      const stored = await lake.get('exports/parts');
      expect(stored?.length).toBe(120 * 50_000 + 7);
      expect([stored?.[0], stored?.[50_000], stored?.[1_999_999]]).toEqual([0, 1, 39]);
      await expect(lake.replace('exports/parts', parts(true))).rejects.toMatchObject({ code: 'INPUT_INVALID' });
      expect(Buffer.from((await lake.get('exports/parts')) ?? []).equals(Buffer.from(stored ?? []))).toBe(true);
    });

    it('shows a reader an object whole or not at all while it is replaced', async () => {
      const versions = ['a', 'b', 'c', 'd'].map((letter) => letter.repeat(400_000));
      await lake.replace('exports/table.parquet', text(versions[0] ?? ''));
      let writing = true;
      const writer = (async () => {
        for (let round = 0; round < 24; round += 1)
          await lake.replace('exports/table.parquet', text(versions[round % 4] ?? ''));
        writing = false;
      })();
      const reader = place.open();
      while (writing) expect(versions).toContain(await read(reader, 'exports/table.parquet'));
      await writer;
    });

    it('lists keys with a prefix in the order of whole keys', async () => {
      const keys = ['raw/a/z', 'raw/a-b', 'raw/a.json', 'raw/a/b/c', 'raw/ab', 'raw/A', 'exports/x', 'raw/a0'];
      for (const key of keys) await lake.putIfAbsent(key, text(key));
      expect(await list(lake, '')).toEqual(keys.toSorted());
      expect(await list(lake, 'raw/a')).toEqual(keys.filter((key) => key.startsWith('raw/a')).toSorted());
      expect(await list(lake, 'raw/a/')).toEqual(['raw/a/b/c', 'raw/a/z']);
      expect(await list(lake, 'raw/none/')).toEqual([]);
      expect(await list(lake, 'ra')).toHaveLength(7);
    });

    it('tells the size and an instant of each entry', async () => {
      await lake.putIfAbsent('raw/a', text('12345'));
      for await (const entry of lake.list('raw/')) {
        expect(entry.bytes).toBe(5);
        expect(entry.modifiedAt).toMatch(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
      }
    });

    it('removes what can be derived again, once or twice', async () => {
      await lake.replace('exports/a', text('a'));
      await lake.remove('exports/a');
      await lake.remove('exports/a');
      expect(await lake.get('exports/a')).toBeNull();
      expect(await list(lake, '')).toEqual([]);
    });

    it.each(['raw/a', 'quarantine/a'])('refuses to replace or remove %s', async (key) => {
      await lake.putIfAbsent(key, text('kept'));
      await expect(lake.replace(key, text('other'))).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(lake.remove(key)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await read(lake, key)).toBe('kept');
    });

    it.each([
      '',
      '/raw/a',
      'raw//a',
      'raw/a/',
      '../a',
      'raw/../../a',
      'raw/./a',
      'raw/.hidden',
      'raw\\a',
      'raw/a\0b',
      'raw/a b',
      'raw/ж',
      'raw/con',
      'raw/nul.json',
      'raw/a.',
      'C:/a',
      `raw/${'x'.repeat(201)}`,
      `raw/${'x/'.repeat(500)}x`,
    ])('refuses the key %j everywhere', async (key) => {
      const refusal = { code: 'INPUT_INVALID' };
      await expect(lake.putIfAbsent(key, text(''))).rejects.toMatchObject(refusal);
      await expect(lake.replace(key, text(''))).rejects.toMatchObject(refusal);
      await expect(lake.get(key)).rejects.toMatchObject(refusal);
      await expect(lake.remove(key)).rejects.toMatchObject(refusal);
    });

    it.each(['../', '/', 'raw/../', 'raw//', 'raw\\', '.writing/'])('refuses the prefix %j', async (prefix) => {
      await expect(list(lake, prefix)).rejects.toMatchObject({ code: 'INPUT_INVALID' });
    });
  });
}

function text(content: string): Uint8Array {
  return new TextEncoder().encode(content);
}

async function read(lake: Lake, key: string): Promise<string> {
  return new TextDecoder().decode((await lake.get(key)) ?? undefined);
}

async function list(lake: Lake, prefix: string): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of lake.list(prefix)) keys.push(entry.key);
  return keys;
}
