import { unzipSync } from 'fflate';
import { parquetReadObjects } from 'hyparquet';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { AssayApi, Quote, Summary } from '../../../../src/api/contract.ts';
import { createApiV1 } from '../../../../src/api/v1/app.ts';
import { mediaTypes } from '../../../../src/api/v1/formats.ts';
import { createSampleApi, type SampleState } from '../../../support/sample-api.ts';

function start(state: SampleState = 'normal') {
  const sample = createSampleApi(state);
  const asked = { quotes: 0, version: 'one' };
  let nowMs = 0;
  const api: AssayApi = {
    ...sample,
    quotes: (query) => {
      asked.quotes += 1;
      return sample.quotes(query);
    },
    dataVersion: async () => ({ version: asked.version, changedAt: '2025-06-28T08:31:04.500Z' }),
  };
  const app = createApiV1(api, { version: '0.1.0', nowMs: () => nowMs });
  return {
    api,
    app,
    asked,
    pass: (ms: number) => {
      nowMs += ms;
    },
    get: (path: string, headers: Record<string, string> = {}) => app.request(path, { headers }),
  };
}

const range = 'from=2025-01-01&to=2025-06-28';

describe('one table in every format', () => {
  it('holds the same values as Parquet, with typed columns', async () => {
    const { api, get } = start();
    const answer = await get(`/metals/gold/quotes.parquet?${range}`);
    expect(answer.headers.get('content-type')).toBe(mediaTypes.parquet);
    const rows = await parquetReadObjects({ file: await answer.arrayBuffer() });
    const quotes = await api.quotes({ metal: 'gold', from: '2025-01-01', to: '2025-06-28' });
    const expected = quotes.map((quote) => ({ ...quote, date: new Date(quote.date), simulated: false }));
    expect(rows).toEqual(expected);
  });

  it('holds the same values as XLSX, missing ones empty, and tells where they come from', async () => {
    const { api, get } = start('simulated');
    const answer = await get('/metals/gold/quotes?from=1998-01-01&to=1998-03-01', { accept: mediaTypes.xlsx });
    expect(answer.headers.get('content-type')).toBe(mediaTypes.xlsx);
    const parts = unzipSync(new Uint8Array(await answer.arrayBuffer()));
    const text = (name: string) => new TextDecoder().decode(parts[name]!);
    const cells = cellsOf(text('xl/worksheets/sheet1.xml'));
    const quotes = await api.quotes({ metal: 'gold', from: '1998-01-01', to: '1998-03-01' });
    expect(cells.get('B2')).toBe(String(quotes[0]!.buyRubPerGram));
    expect(cells.has('C2')).toBe(false);
    expect(Number(cells.get('A2'))).toBe(Date.parse(quotes[0]!.date) / 86_400_000 + 25_569);
    expect(cells.get(`B${quotes.length + 1}`)).toBe(String(quotes.at(-1)!.buyRubPerGram));
    expect(cells.has(`B${quotes.length + 2}`)).toBe(false);
    expect(Object.keys(parts).some((name) => name.endsWith('sheet2.xml'))).toBe(true);
    const words = Object.values(parts)
      .map((part) => new TextDecoder().decode(part))
      .join('');
    expect(words).toContain('SIMULATED');
  });

  it.each([
    ['text/csv, */*;q=0.1', mediaTypes.csv],
    ['application/json;q=0.2, text/csv;q=0.9', mediaTypes.csv],
    ['application/*', mediaTypes.json],
    ['text/html, */*', mediaTypes.json],
    ['text/csv;q=0, text/*', mediaTypes.json],
  ])('by Accept: %s', async (accept, type) => {
    const answer = await start().get('/metals/gold/months', { accept });
    if (accept.startsWith('text/csv;q=0')) expect(answer.status).toBe(406);
    else expect(answer.headers.get('content-type')).toContain(type);
  });

  it('is refused as a picture: 406 names what there is', async () => {
    const answer = await start().get('/metals/gold/months', { accept: 'image/png' });
    expect(answer.status).toBe(406);
    expect((await answer.json()).allowed).toContain(mediaTypes.parquet);
  });
});

function cellsOf(xml: string): Map<string, string> {
  const cells = new Map<string, string>();
  const parser = new SaxesParser();
  let at = '';
  parser.on('opentag', ({ name, attributes }) => {
    if (name === 'c') at = String(attributes['r']);
  });
  parser.on('text', (text) => {
    if (text.trim() !== '') cells.set(at, text);
  });
  parser.write(xml).close();
  return cells;
}

describe('columns and pages', () => {
  it('keeps the chosen fields, in their order, in JSON and in files', async () => {
    const { get } = start();
    const { data } = await (await get(`/metals/gold/quotes?${range}&fields=buyRubPerGram,date&limit=1`)).json();
    expect(data).toHaveLength(1);
    expect(Object.keys(data[0])).toEqual(['buyRubPerGram', 'date']);
    const csv = await (await get(`/metals/gold/quotes.csv?${range}&fields=buyRubPerGram,date&limit=1`)).text();
    expect(csv.split('\r\n')[0]).toBe('buyRubPerGram,date,simulated');
  });

  it('refuses an unknown field by name', async () => {
    const answer = await start().get('/metals/gold/quotes?fields=date,price');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ parameter: 'fields', value: 'date,price' });
  });

  it.each([
    ['/metals/gold/quotes', 37],
    ['/metals/gold/months', 100],
    ['/metals/gold/forecast/vintages', 2],
    ['/metals/gold/forecast-vs-fact', 7],
  ])('pages of %s put together are the whole, each row once', async (path, limit) => {
    const { get } = start();
    const whole = (await (await get(path)).json()).data as object[];
    const found: object[][] = [];
    let next: string | undefined = `${path}?limit=${limit}`;
    for (let guard = 0; next !== undefined && guard < 200; guard += 1) {
      const answer = await get(next);
      expect(answer.headers.get('x-total-count')).toMatch(/^\d+$/);
      found.push((await answer.json()).data);
      next = /<([^>]+)>; rel="next"/.exec(answer.headers.get('link') ?? '')?.[1];
    }
    const together = /vintages|fact/.test(path) ? found.flat() : found.toReversed().flat();
    expect(together).toEqual(whole);
  });
});

describe('conditional requests', () => {
  it('answer 304 to the date of the newest change, and anew to an older one', async () => {
    const { get } = start();
    const path = `/metals/gold/quotes?${range}`;
    const changed = (await get(path)).headers.get('last-modified')!;
    expect(changed).toBe('Sat, 28 Jun 2025 08:31:04 GMT');
    expect((await get(path, { 'if-modified-since': changed })).status).toBe(304);
    expect((await get(path, { 'if-modified-since': 'Fri, 27 Jun 2025 08:31:04 GMT' })).status).toBe(200);
    // The tag decides where both are given.
    expect((await get(path, { 'if-modified-since': changed, 'if-none-match': '"other"' })).status).toBe(200);
  });

  it('keep the tag of a packed answer, and pack only for those who take it', async () => {
    const { get } = start();
    const plain = await get('/metals/gold/months');
    const packed = await get('/metals/gold/months', { 'accept-encoding': 'br, gzip' });
    expect(packed.headers.get('content-encoding')).toBe('gzip');
    expect(plain.headers.get('content-encoding')).toBeNull();
    expect(packed.headers.get('etag')).toBe(plain.headers.get('etag'));
    const unpacked = new Response((await packed.blob()).stream().pipeThrough(new DecompressionStream('gzip')));
    expect(await unpacked.text()).toBe(await plain.text());
    expect((await get('/metals/gold/months', { 'accept-encoding': 'gzip;q=0' })).headers.get('content-encoding')).toBe(
      null,
    );
  });
});

describe('the cache of answers', () => {
  it('asks the store once for the same question, and again when data has changed', async () => {
    const { get, asked, pass } = start();
    const path = `/metals/gold/quotes?${range}`;
    const [first, again] = await Promise.all([get(path), get(path)]);
    expect(await first.text()).toBe(await again.text());
    await get(path);
    expect(asked.quotes).toBe(1);
    asked.version = 'two';
    pass(100);
    await get(path);
    expect(asked.quotes).toBe(1);
    pass(2_000);
    await get(path);
    expect(asked.quotes).toBe(2);
  });

  it('serves what it has while it looks whether data has changed, and never for long', async () => {
    const { get, asked, pass } = start();
    const path = `/metals/gold/quotes?${range}`;
    await get(path);
    asked.version = 'two';
    pass(500);
    await get(path);
    expect(asked.quotes).toBe(1);
    await get(path);
    expect(asked.quotes).toBe(2);
  });

  it('keeps no refusal and no failure', async () => {
    const { get, api, asked } = start();
    expect((await get('/metals/gold/quotes?limit=0')).status).toBe(400);
    const quotes = api.quotes;
    Object.assign(api, { quotes: () => Promise.reject(new RangeError('a bug')) });
    expect((await get('/metals/gold/quotes')).status).toBe(500);
    Object.assign(api, { quotes });
    expect((await get('/metals/gold/quotes')).status).toBe(200);
    expect(asked.quotes).toBe(1);
  });
});

describe('as_of', () => {
  it('passes on an instant in UTC; a day is its end in Moscow', async () => {
    const { app, get, api } = start();
    const seen: (string | undefined)[] = [];
    const quotes = api.quotes;
    Object.assign(api, {
      quotes: (query: { asOf?: string }) => {
        seen.push(query.asOf);
        return quotes(query as Parameters<AssayApi['quotes']>[0]);
      },
    });
    expect(app).toBeDefined();
    const dates = async (query: string) =>
      ((await (await get(`/metals/gold/quotes?${query}`)).json()).data as Quote[]).map((quote) => quote.date);
    expect((await dates('as_of=2025-06-10')).at(-1)).toBe('2025-06-10');
    await dates('as_of=2025-06-10T12:00:00%2B03:00');
    expect(seen).toEqual(['2025-06-10T20:59:59.999Z', '2025-06-10T09:00:00.000Z']);
  });

  it('is taken by each table that has a past', async () => {
    const { get } = start();
    const days = async (path: string, day: string) => {
      const { data } = (await (await get(path)).json()) as { data: Record<string, string>[] };
      return data.map((row) => row[day] ?? '').sort();
    };
    expect((await days('/metals/gold/months?as_of=2025-05-20', 'month')).at(-1)).toBe('2025-05');
    const facts = await days('/metals/gold/forecast-vs-fact', 'targetDate');
    const middle = facts[Math.floor(facts.length / 2)] ?? '';
    const then = await days(`/metals/gold/forecast-vs-fact?as_of=${middle}`, 'targetDate');
    expect(then).toEqual(facts.filter((day) => day <= middle));
    expect(then.length).toBeLessThan(facts.length);
    const { data } = (await (await get('/metals/gold/summary?as_of=2025-05-20')).json()) as { data: Summary };
    expect(data.lastDate).toBe('2025-05-20');
  });

  it.each(['yesterday', '2025-02-30', '2025-06-10T12:00:00'])('refuses %s by name', async (wrong) => {
    const answer = await start().get(`/metals/gold/quotes?as_of=${wrong}`);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ parameter: 'as_of', value: wrong });
  });
});

describe('methods', () => {
  it('that a path does not know are refused with those it does', async () => {
    const { app } = start();
    const answer = await app.request('/metals/gold/quotes', { method: 'DELETE' });
    expect(answer.status).toBe(405);
    expect(answer.headers.get('allow')).toBe('GET, HEAD');
    expect((await app.request('/held')).headers.get('allow')).toBe('POST');
    expect((await app.request('/metals/gold/quotes', { method: 'HEAD' })).status).toBe(200);
  });
});
