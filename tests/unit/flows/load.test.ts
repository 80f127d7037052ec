import { beforeEach, describe, expect, it } from 'vitest';
import { isoDate } from '../../../src/domain/iso-date.ts';
import { extract } from '../../../src/flows/extract.ts';
import { load } from '../../../src/flows/load.ts';
import type { Lake } from '../../../src/ports/lake.ts';
import type { RawStore } from '../../../src/ports/warehouse.ts';
import { type FrozenClock, frozenClock } from '../../support/frozen-clock.ts';
import { createMemoryLake, type MemoryLake } from '../../support/memory-lake.ts';
import { createMemoryRawStore, type MemoryRawStore } from '../../support/memory-raw-store.ts';
import { createScriptedSource, type ScriptedSource } from '../../support/scripted-source.ts';
import { recordedStep } from '../../support/step-context.ts';

let clock: FrozenClock;
let source: ScriptedSource;
let lake: MemoryLake;
let raw: MemoryRawStore;
beforeEach(() => {
  clock = frozenClock();
  source = createScriptedSource(clock);
  lake = createMemoryLake();
  raw = createMemoryRawStore();
});

const series = ['metals', 'usd'] as const;
const june = { from: isoDate('2025-06-01'), to: isoDate('2025-06-30') };
const may = { from: isoDate('2025-05-01'), to: isoDate('2025-05-31') };
const ports = (step = recordedStep()) => ({ source, lake, raw, clock, step });
const objects = (ending: string) => [...lake.objects.keys()].filter((key) => key.endsWith(ending)).toSorted();

describe('load', () => {
  it('makes rows of what was extracted, once, and says how many', async () => {
    await extract({ series, range: june }, ports());
    const step = recordedStep();
    const report = await load({}, ports(step));
    expect(report).toMatchObject({ source: 'cbr', records: 3, inserted: 3, unchanged: 0 });
    expect(report.receipts.map((receipt) => receipt.series)).toEqual(['metals', 'usd']);
    expect(step.counts).toEqual([[3, 3]]);
    expect(raw.rows.map(({ code, date }) => [code, date])).toEqual([
      ['1', '2025-06-26'],
      ['1', '2025-06-27'],
      ['R01235', '2025-06-27'],
    ]);
    expect(await load({}, ports())).toMatchObject({ records: 0, inserted: 0, receipts: [] });
  });

  it('counts a record that was there already as unchanged', async () => {
    await extract({ series: ['metals'], range: june }, ports());
    await load({}, ports());
    clock.advance(60_000);
    source.gold.set('2025-06-28', '8372.48');
    await extract({ series: ['metals'], range: june }, ports());
    expect(await load({}, ports())).toMatchObject({ records: 3, inserted: 1, unchanged: 2 });
  });

  it('loads in the order received, whatever the order of keys', async () => {
    const prices = ['8000', '8001', '8002', '8003', '8004'];
    for (const price of prices) {
      clock.advance(1);
      source.gold.set('2025-06-27', price);
      await extract({ series: ['metals'], range: june }, ports());
    }
    await load({}, ports());
    expect(raw.rows.filter((row) => row.date === '2025-06-27').map((row) => row.fields['Buy'])).toEqual(prices);
  });

  it('can be repeated from the lake alone', async () => {
    await extract({ series, range: june }, ports());
    await load({}, ports());
    const before = raw.rows.map((row) => ({ ...row }));
    raw = createMemoryRawStore();
    const silent = { id: source.id, parse: source.parse };
    await load({}, { ...ports(), source: silent });
    expect(raw.rows).toEqual(before);
  });

  it('takes only the asked series and the receipts that touch the asked range', async () => {
    source.gold.set('2025-05-15', '8100');
    await extract({ series, range: june }, ports());
    await extract({ series: ['metals'], range: may }, ports());
    await load({ series: ['metals'], range: may }, ports());
    expect(raw.rows.map((row) => row.date)).toEqual(['2025-05-15']);
    await load({ series: ['usd'] }, ports());
    expect(raw.receipts.map((receipt) => receipt.series)).toEqual(['metals', 'usd']);
  });

  it('passes over files that are no receipts', async () => {
    await extract({ series: ['metals'], range: june }, ports());
    await lake.putIfAbsent('raw/cbr/metals/notes.json', new TextEncoder().encode('{}'));
    await lake.putIfAbsent('raw/cbr/metals/2025-06-01_2025-06-30/readme', new TextEncoder().encode('hello'));
    expect((await load({}, ports())).receipts).toHaveLength(1);
  });

  it.each([
    ['changed', (bytes: Uint8Array) => bytes.map((byte, index) => (index === 100 ? byte ^ 1 : byte))],
    ['cut short', (bytes: Uint8Array) => bytes.subarray(0, 100)],
  ])('stops at an object that was %s, naming it, and makes no row of it', async (_, damage) => {
    await extract({ series: ['metals'], range: june }, ports());
    const [key = ''] = objects('.xml');
    lake.objects.set(key, damage(lake.objects.get(key) ?? new Uint8Array()));
    await expect(load({}, ports())).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT', context: { key } });
    expect(raw.rows).toEqual([]);
  });

  it('names an object that is gone', async () => {
    await extract({ series: ['metals'], range: june }, ports());
    const [key = ''] = objects('.xml');
    lake.objects.delete(key);
    await expect(load({}, ports())).rejects.toThrow(key);
  });

  it.each([
    ['no JSON', 'not json'],
    ['a list', '[]'],
    ['another receipt', JSON.stringify({ sha256: 'other' })],
  ])('names a receipt that became %s', async (_, content) => {
    await extract({ series: ['metals'], range: june }, ports());
    const [key = ''] = objects('.json');
    lake.objects.set(key, new TextEncoder().encode(content));
    await expect(load({}, ports())).rejects.toMatchObject({ code: 'ARTEFACT_CORRUPT', context: { key } });
  });

  it('says so when a stored answer no longer parses', async () => {
    await extract({ series: ['metals'], range: june }, ports());
    const stricter = { id: 'cbr', parse: () => ({ ok: false, kind: 'shape', reason: 'Too old.' }) as const };
    await expect(load({}, { ...ports(), source: stricter })).rejects.toMatchObject({ code: 'SOURCE_REJECTED' });
  });

  it('stops between receipts when it is told to', async () => {
    await extract({ series, range: june }, ports());
    const stopping = new AbortController();
    const once: RawStore = {
      ...raw,
      load: async (...parameters) => {
        stopping.abort();
        return raw.load(...parameters);
      },
    };
    await expect(load({}, { ...ports(recordedStep(stopping.signal)), raw: once })).rejects.toThrow();
    expect(raw.receipts).toHaveLength(1);
  });
});

describe('a crash before or after any effect of extract and load', () => {
  /** Two syncs with a revision between them: each effect in them is one place for the power to go. */
  async function pipeline(through: { lake: Lake; raw: RawStore }): Promise<void> {
    for (const price of ['8343.95', '8350']) {
      source.gold.set('2025-06-27', price);
      await extract({ series, range: june }, { ...ports(), ...through });
      await load({}, { ...ports(), ...through });
      clock.advance(60_000);
    }
  }

  const state = () => ({ keys: [...lake.objects.keys()].toSorted(), rows: raw.rows, receipts: raw.receipts });

  it('is made good by running again', async () => {
    await pipeline({ lake, raw });
    const expected = state();
    // Three objects (the dollar's answer is the same twice), three receipts, three loads.
    const effects = expected.keys.length + expected.receipts.length;
    expect(effects).toBe(9);
    for (let crashAt = 0; crashAt < effects; crashAt += 1) {
      for (const moment of ['before', 'after'] as const) {
        clock = frozenClock();
        source = createScriptedSource(clock);
        lake = createMemoryLake();
        raw = createMemoryRawStore();
        await expect(pipeline(crashing(crashAt, moment)), `${moment} effect ${crashAt}`).rejects.toThrow('power cut');
        clock = frozenClock();
        source = createScriptedSource(clock);
        await pipeline({ lake, raw });
        expect(state(), `after a crash ${moment} effect ${crashAt}`).toEqual(expected);
      }
    }
  });

  /** The same lake and store, until the power goes at the n-th effect: from then on nothing works. */
  function crashing(crashAt: number, moment: 'before' | 'after'): { lake: Lake; raw: RawStore } {
    let effects = 0;
    const effect = async <Result>(work: () => Promise<Result>): Promise<Result> => {
      const number = effects;
      effects += 1;
      if (number > crashAt || (number === crashAt && moment === 'before')) throw new Error('power cut');
      const result = await work();
      if (number === crashAt) throw new Error('power cut');
      return result;
    };
    const [wholeLake, wholeRaw] = [lake, raw];
    return {
      lake: { ...wholeLake, putIfAbsent: (key, bytes) => effect(() => wholeLake.putIfAbsent(key, bytes)) },
      raw: { ...wholeRaw, load: (receipt, records) => effect(() => wholeRaw.load(receipt, records)) },
    };
  }
});
