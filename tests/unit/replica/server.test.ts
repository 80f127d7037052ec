import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCbrSource } from '../../../src/adapters/price-source/cbr.ts';
import { type DateRange, isoDate } from '../../../src/domain/iso-date.ts';
import type { RawRecord, SourceSeries } from '../../../src/ports/price-source.ts';
import { parseFaults } from '../../../src/replica/faults.ts';
import { parsePublished, type Replica, startReplica } from '../../../src/replica/server.ts';
import { frozenClock } from '../../support/frozen-clock.ts';
import { makeDataFolder } from '../../support/replica-data.ts';

const whole = { from: isoDate('1998-01-05'), to: isoDate('2025-12-31') };
const june = { from: isoDate('2025-06-20'), to: isoDate('2025-06-30') };
const metalsQuery = '/scripts/xml_metall.asp?date_req1=20/06/2025&date_req2=30/06/2025';
const never = new AbortController().signal;

let replica: Replica;
beforeEach(async () => {
  replica = await startReplica({ dataFolder: await makeDataFolder(), port: 0, published: null });
});
afterEach(() => replica.stop());

function source() {
  const limits = { backoffMs: 1, attemptMs: 1500, idleMs: 1500 };
  return createCbrSource({ baseUrl: replica.url, clock: frozenClock(), sleep: async () => {}, limits });
}

async function read(series: SourceSeries, range: DateRange): Promise<readonly RawRecord[]> {
  const bank = source();
  const parsed = bank.parse(series, range, await bank.fetch(series, range, never));
  if (!parsed.ok) throw new Error(`${parsed.kind}: ${parsed.reason}`);
  return parsed.records;
}

async function goldDates(): Promise<string[]> {
  return (await read('metals', june)).filter((record) => record.code === '1').map((record) => record.date);
}

async function gold(date: string): Promise<string | null | undefined> {
  return (await read('metals', june)).find((record) => record.code === '1' && record.date === date)?.fields['Buy'];
}

describe('startReplica', () => {
  it('answers the client of the Bank with the whole history', async () => {
    const metals = await read('metals', whole);
    expect(metals).toHaveLength(9);
    expect(metals[0]).toEqual({ code: '1', date: '2000-01-06', fields: { Buy: '231,94', Sell: '246,67' } });
    expect(metals[1]?.fields['Buy']).toBe('8500,1');
    expect(metals[4]?.fields['Buy']).toBe('8501');
    expect((await read('usd', { ...whole, from: isoDate('1998-01-01') }))[0]?.fields).toEqual({
      Nominal: '1',
      Value: '5,9600',
      VunitRate: '5,96',
    });
  });

  it('sends the headers of the recorded answers', async () => {
    const { headers } = await fetch(`${replica.url}${metalsQuery}`);
    expect(headers.get('content-type')).toBe('application/xml; charset=windows-1251');
    expect(headers.get('server')).toBe('ddos-guard');
    expect(headers.get('cache-control')).toBe('no-cache');
    expect(headers.get('etag')).toBeNull();
    expect(headers.getSetCookie().map((line) => line.split('=')[0])).toEqual([
      '__ddg10_',
      '__ddg1_',
      '__ddg8_',
      '__ddg9_',
    ]);
    const daily = await fetch(`${replica.url}/scripts/XML_daily.asp`);
    expect(daily.headers.get('content-type')).toBe('text/xml; charset=windows-1251');
  });

  it('lets each value appear at its instant', async () => {
    replica.setPublished(parsePublished('2025-06-26 16:29'));
    expect(await goldDates()).toEqual(['2025-06-24', '2025-06-25', '2025-06-26']);
    expect(await read('usd', june)).toHaveLength(1);
    replica.setPublished(parsePublished('2025-06-26 15:59'));
    expect(await read('usd', june)).toHaveLength(0);
    replica.setPublished(parsePublished('2025-06-26 16:30'));
    expect(await goldDates()).toEqual(['2025-06-24', '2025-06-25', '2025-06-26', '2025-06-27']);
    expect(await read('usd', june)).toHaveLength(1);
    replica.setPublished(parsePublished('2025-06-27'));
    expect((await goldDates()).at(-1)).toBe('2025-06-28');
  });

  it('serves the table of a day, and without a date the rate in force', async () => {
    const daily = async (query: string) => {
      const bytes = await (await fetch(`${replica.url}/scripts/XML_daily.asp${query}`)).arrayBuffer();
      return new TextDecoder('windows-1251').decode(bytes);
    };
    expect(await daily('?date_req=27/06/2025')).toBe(
      '<?xml version="1.0" encoding="windows-1251"?><ValCurs Date="27.06.2025" name="Foreign Currency Market"><Valute ID="R01235"><NumCode>840</NumCode><CharCode>USD</CharCode><Nominal>1</Nominal><Name>Доллар США</Name><Value>78,2117</Value><VunitRate>78,2117</VunitRate></Valute></ValCurs>',
    );
    replica.setPublished(parsePublished('2025-06-27 18:00'));
    expect(await daily('')).toContain('Date="27.06.2025"');
    expect(await daily('?date_req=01/07/2025')).toContain('Date="28.06.2025"');
    expect(await daily('?date_req=01/07/1990')).toContain('Error in parameters');
  });

  it('serves the drivers in the shapes of London and of the Moscow Exchange', async () => {
    replica.setPublished(parsePublished('2025-06-27 18:05'));
    const london = await (await fetch(`${replica.url}/json/gold_pm.json`)).json();
    expect(london).toEqual([
      { is_cms_locked: 0, d: '2025-06-26', v: [3318.7, 0, 0] },
      { is_cms_locked: 0, d: '2025-06-27', v: [3271.75, 0, 0] },
    ]);
    const morning = (await (await fetch(`${replica.url}/json/gold_am.json`)).json()) as unknown[];
    expect(morning).toHaveLength(2);
    const path = '/iss/history/engines/currency/markets/selt/boards/CETS/securities/GLDRUB_TOM.json';
    const page = await (await fetch(`${replica.url}${path}?from=2025-06-01&start=0`)).json();
    expect(page).toMatchObject({
      history: { data: [['CETS', '2025-06-26', 'GLDRUB_TOM', 'GLDRUB_TOM', null, null, null, 8180, null, null, null]] },
      'history.cursor': { data: [[0, 1, 100]] },
    });
  });

  it.each([
    ['challenge', 'challenge'],
    ['html', 'html'],
    ['truncate', 'truncated'],
    ['doctype', 'doctype'],
    ['range', 'range'],
    ['5xx', 'status'],
    ['429', 'status'],
    ['bomb', 'too-large'],
  ])('with the fault %s is refused as %s, and is sound again after it', async (fault, kind) => {
    replica.setFaults(parseFaults(`${fault}:4`));
    const bank = source();
    const parsed = bank.parse('metals', june, await bank.fetch('metals', june, never));
    expect(parsed).toMatchObject({ ok: false, kind });
    replica.setFaults(parseFaults(''));
    expect(await goldDates()).toHaveLength(5);
  });

  it.each(['reset', 'drip'])('with the fault %s is no source', async (fault) => {
    replica.setFaults(parseFaults(`${fault}:always`));
    const limits = { attempts: 2, attemptMs: 250 };
    const bank = createCbrSource({ baseUrl: replica.url, clock: frozenClock(), sleep: async () => {}, limits });
    await expect(bank.fetch('metals', june, never)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
  });

  it('lets a client through the challenge that keeps its cookies', async () => {
    replica.setFaults(parseFaults('challenge:cookie'));
    expect(await goldDates()).toHaveLength(5);
    expect(replica.requests()).toEqual({ '/scripts/xml_metall.asp': 2 });
  });

  it('changes, doubles, holds back and spoils single values', async () => {
    replica.setFaults(
      parseFaults('revise:2025-06-24:+1.5,revise:2025-06-25:=8000,zero:2025-06-26,negative:2025-06-27'),
    );
    expect(await gold('2025-06-24')).toBe('8501,6');
    expect(await gold('2025-06-25')).toBe('8000');
    expect(await gold('2025-06-26')).toBe('0');
    expect(await gold('2025-06-27')).toBe('-8503,5');
    expect(await gold('2025-06-28')).toBe('8504,75');
    replica.setFaults(parseFaults('thousandfold:2025-06-28,revise:2025-06-27:-0.2@usd'));
    expect(await gold('2025-06-28')).toBe('8504750');
    expect((await read('usd', june))[0]?.fields['Value']).toBe('78,0117');
    replica.setFaults(parseFaults('duplicate:2025-06-24@silver'));
    await expect(goldDates()).rejects.toThrow('duplicate: The answer holds two records of 2025-06-24 with code 2.');
  });

  it('publishes a late value late', async () => {
    replica.setFaults(parseFaults('late:2025-06-27:2'));
    replica.setPublished(parsePublished('2025-06-26 18:29'));
    expect((await goldDates()).at(-1)).toBe('2025-06-26');
    replica.setPublished(parsePublished('2025-06-26 18:30'));
    expect((await goldDates()).at(-1)).toBe('2025-06-27');
    replica.setPublished(null);
    expect(await goldDates()).toEqual(['2025-06-24', '2025-06-25', '2025-06-26', '2025-06-28']);
  });

  it('answers nonsense without falling over', async () => {
    for (const query of ['', '?date_req1=x&date_req2=y', '?date_req1=30/06/2025&date_req2=01/06/2025']) {
      const text = await (await fetch(`${replica.url}/scripts/xml_metall.asp${query}`)).text();
      expect(text).toContain('Error in parameters');
    }
    expect((await fetch(`${replica.url}/elsewhere`)).status).toBe(404);
    expect((await fetch(`${replica.url}//`)).status).toBe(404);
    expect(await goldDates()).toHaveLength(5);
  });

  it('names a port that is taken', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    const failure = startReplica({ dataFolder: await makeDataFolder(), port, published: null });
    await expect(failure).rejects.toMatchObject({ code: 'PORT_TAKEN', context: { port } });
    await new Promise((resolve) => other.close(resolve));
  });
});
