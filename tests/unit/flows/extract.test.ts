import { beforeEach, describe, expect, it } from 'vitest';
import { PlatformError } from '../../../src/domain/errors.ts';
import { isoDate } from '../../../src/domain/iso-date.ts';
import { extract } from '../../../src/flows/extract.ts';
import { load } from '../../../src/flows/load.ts';
import type { Receipt } from '../../../src/ports/warehouse.ts';
import { type FrozenClock, frozenClock } from '../../support/frozen-clock.ts';
import { createMemoryLake, type MemoryLake } from '../../support/memory-lake.ts';
import { createMemoryRawStore, type MemoryRawStore } from '../../support/memory-raw-store.ts';
import { createScriptedSource, type ScriptedSource, sha256Hex } from '../../support/scripted-source.ts';
import { type RecordedStep, recordedStep } from '../../support/step-context.ts';

let clock: FrozenClock;
let source: ScriptedSource;
let lake: MemoryLake;
let raw: MemoryRawStore;
let step: RecordedStep;
beforeEach(() => {
  clock = frozenClock('2025-06-27T13:45:00.000Z');
  source = createScriptedSource(clock);
  lake = createMemoryLake();
  raw = createMemoryRawStore();
  step = recordedStep();
});

const ports = () => ({ source, lake, raw, clock, step });
const june = { from: isoDate('2025-06-01'), to: isoDate('2025-06-30') };
const july = { from: isoDate('2025-06-20'), to: isoDate('2025-07-31') };
const keys = () => [...lake.objects.keys()].toSorted();

describe('extract', () => {
  it('asks for the whole history when nothing is known', async () => {
    await extract({ series: ['metals', 'usd'] }, ports());
    expect(source.asked).toEqual([
      { series: 'metals', range: { from: '1998-01-05', to: '2025-07-11' } },
      { series: 'usd', range: { from: '1998-01-01', to: '2025-07-11' } },
    ]);
  });

  it('asks for a month back and two weeks ahead of what is known, by the calendar of Moscow', async () => {
    await extract({ series: ['metals'] }, ports());
    await load({}, ports());
    clock = frozenClock('2025-06-27T21:30:00.000Z');
    await extract({ series: ['metals'] }, ports());
    expect(source.asked.at(-1)).toEqual({ series: 'metals', range: { from: '2025-05-27', to: '2025-07-12' } });
  });

  it('begins a given range no earlier than the source does, and refuses one before it', async () => {
    const long = { from: isoDate('1990-01-01'), to: isoDate('2000-01-01') };
    await extract({ series: ['metals'], range: long }, ports());
    expect(source.asked[0]?.range).toEqual({ from: '1998-01-05', to: '2000-01-01' });
    const early = { from: isoDate('1990-01-01'), to: isoDate('1991-01-01') };
    await expect(extract({ series: ['metals'], range: early }, ports())).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
  });

  it('stores the bytes under their hash and a receipt beside them', async () => {
    const report = await extract({ series: ['metals'], range: june }, ports());
    const [stored] = report.series;
    const bytes = lake.objects.get(stored?.objectKey ?? '') ?? new Uint8Array();
    const sha256 = sha256Hex(bytes);
    expect(keys()).toEqual([
      `raw/cbr/metals/2025-06-01_2025-06-30/${sha256}.20250627T134500000Z.json`,
      `raw/cbr/metals/2025-06-01_2025-06-30/${sha256}.xml`,
    ]);
    const receipt = JSON.parse(new TextDecoder().decode(lake.objects.get(stored?.receiptKey ?? ''))) as Receipt;
    expect(receipt).toEqual({
      receiptKey: stored?.receiptKey,
      objectKey: stored?.objectKey,
      sha256,
      source: 'cbr',
      simulated: false,
      series: 'metals',
      range: june,
      url: 'http://bank.test/metals',
      requestedAt: '2025-06-27T13:45:00.000Z',
      receivedAt: '2025-06-27T13:45:00.000Z',
      status: 200,
      headers: { 'content-type': 'application/xml; charset=windows-1251' },
      bytes: bytes.length,
    });
    expect(stored).toMatchObject({ outcome: 'stored', records: 2, bytes: bytes.length });
    expect(step.counts).toEqual([[2, 2]]);
  });

  it('writes nothing when the answer is the same again', async () => {
    const first = await extract({ series: ['metals', 'usd'], range: june }, ports());
    const before = keys();
    clock.advance(3_600_000);
    step = recordedStep();
    const second = await extract({ series: ['metals', 'usd'], range: june }, ports());
    expect(keys()).toEqual(before);
    expect(second.series.map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
    expect(second.series[0]?.receiptKey).toBe(first.series[0]?.receiptKey);
    expect(step.counts).toEqual([[3, 0]]);
  });

  it('gives a value that goes back to what it was a receipt of its own', async () => {
    const sync = async (price: string, range = june) => {
      clock.advance(60_000);
      source.gold.set('2025-06-27', price);
      await extract({ series: ['metals'], range }, ports());
      await load({}, ports());
    };
    await sync('8343.95');
    await sync('8000');
    await sync('8343.95');
    const ofDay = () => raw.rows.filter((row) => row.date === '2025-06-27').map((row) => row.fields['Buy']);
    expect(ofDay()).toEqual(['8343,95', '8000', '8343,95']);
    expect(keys().filter((key) => key.endsWith('.xml'))).toHaveLength(2);
    expect(keys().filter((key) => key.endsWith('.json'))).toHaveLength(3);

    // Also when the change was seen through another range.
    await sync('7777', july);
    await sync('8343.95', june);
    expect(ofDay()).toEqual(['8343,95', '8000', '8343,95', '7777', '8343,95']);
  });

  it('puts what it refuses into quarantine with the reason, and nothing of it into raw', async () => {
    source.override = new TextEncoder().encode('<!DOCTYPE html><html><title>DDOS-GUARD</title></html>');
    const failure = await extract({ series: ['metals'], range: june }, ports()).catch((error: unknown) => error);
    const stem = `quarantine/cbr/metals/20250627T134500000Z_${sha256Hex(source.override)}`;
    expect(keys()).toEqual([`${stem}.bin`, `${stem}.json`]);
    expect(lake.objects.get(`${stem}.bin`)).toEqual(source.override);
    const reason = JSON.parse(new TextDecoder().decode(lake.objects.get(`${stem}.json`))) as Record<string, unknown>;
    expect(reason).toMatchObject({ kind: 'challenge', series: 'metals', range: june, url: 'http://bank.test/metals' });
    expect(failure).toBeInstanceOf(PlatformError);
    expect(failure).toMatchObject({
      code: 'SOURCE_REJECTED',
      context: { kind: 'challenge', objectKey: `${stem}.bin` },
    });
    expect(step.notes.join(' ')).toContain('refused');
  });

  it('keeps of an answer without end only its beginning', async () => {
    source.override = new Uint8Array(16 * 1024 * 1024 + 1).fill(32);
    await expect(extract({ series: ['metals'], range: june }, ports())).rejects.toMatchObject({
      context: { kind: 'too-large' },
    });
    const [evidence] = [...lake.objects.entries()].filter(([key]) => key.endsWith('.bin'));
    expect(evidence?.[1].length).toBe(1024 * 1024);
    expect(evidence?.[0]).toContain(sha256Hex(evidence?.[1] ?? new Uint8Array()));
  });

  it('keeps the series that came before a refused one', async () => {
    const parse = source.parse;
    const refusing = {
      ...source,
      parse: (...[series, ...rest]: Parameters<typeof parse>) =>
        series === 'usd' ? ({ ok: false, kind: 'shape', reason: 'Odd.' } as const) : parse(series, ...rest),
    };
    await expect(extract({ series: ['metals', 'usd'], range: june }, { ...ports(), source: refusing })).rejects.toThrow(
      'Odd.',
    );
    expect((await load({}, ports())).records).toBe(2);
  });
});
