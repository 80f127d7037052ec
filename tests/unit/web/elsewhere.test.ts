import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { createWebApp } from '../../../src/api/dashboard.ts';
import { createOpenApi } from '../../../src/api/openapi.ts';
import { readRequests } from '../../../src/api/read-requests.ts';
import { feedTopics } from '../../../src/api/v1/feed-entries.ts';
import { enData } from '../../../web/i18n/en-data.ts';
import { ruData } from '../../../web/i18n/ru-data.ts';
import { createSampleApi, type SampleState } from '../../support/sample-api.ts';

function start(state: SampleState = 'normal') {
  const api = createSampleApi(state);
  const app = createWebApp({
    api,
    version: '0.1.0',
    guardOptions: {},
    secret: 'only for tests',
    newId: () => 'visitor-00000001',
  });
  return {
    api,
    get: (path: string, headers: Record<string, string> = {}) =>
      app.request(`http://localhost${path}`, { headers: { host: 'localhost', ...headers } }),
  };
}

describe('feeds', () => {
  it.each(feedTopics)('tell the same news as RSS, Atom and JSON: %s', async (topic) => {
    const { get } = start();
    const path = `/api/v1/metals/gold/feeds/${topic}`;
    const json = await (await get(`${path}.json?lang=en`)).json();
    expect(json.items.length).toBeGreaterThan(0);
    expect(json.items.length).toBeLessThanOrEqual(30);
    const titles = json.items.map((item: { title: string }) => item.title);
    const rss = await get(`${path}.rss?lang=en`);
    expect(rss.headers.get('content-type')).toContain('application/rss+xml');
    expect(textsOf(await rss.text(), 'item', 'title')).toEqual(titles);
    const atom = await (await get(`${path}.atom?lang=en`)).text();
    expect(textsOf(atom, 'entry', 'title')).toEqual(titles);
    const times = json.items.map((item: { date_published: string }) => Date.parse(item.date_published));
    expect(times).toEqual(times.toSorted((left: number, right: number) => right - left));
    expect(new Set(json.items.map((item: { id: string }) => item.id)).size).toBe(json.items.length);
  });

  it('give each record the price that beat all before it', async () => {
    const { api, get } = start();
    const { items } = await (await get('/api/v1/metals/gold/feeds/records.json')).json();
    const quotes = await api.quotes({ metal: 'gold' });
    const highest = Math.max(...quotes.map((quote) => quote.buyRubPerGram));
    const { date } = quotes.find((quote) => quote.buyRubPerGram === highest)!;
    expect(items[0].id).toBe(`urn:assay:gold:record:${date}:${highest}`);
  });

  it('say that simulated data is simulated, and answer 304 to what is known', async () => {
    const { get } = start('simulated');
    const first = await get('/api/v1/metals/silver/feeds/prices.json');
    expect((await first.clone().json()).title).toMatch(/^SIMULATED/);
    const again = await get('/api/v1/metals/silver/feeds/prices.json', { 'if-none-match': first.headers.get('etag')! });
    expect(again.status).toBe(304);
  });

  it('are empty, not broken, before any data', async () => {
    const { get } = start('empty');
    for (const topic of feedTopics) {
      const answer = await get(`/api/v1/metals/gold/feeds/${topic}.atom`);
      expect(answer.status).toBe(200);
      expect(textsOf(await answer.text(), 'entry', 'title')).toEqual([]);
    }
  });

  it('refuse an unknown language by name', async () => {
    const answer = await start().get('/api/v1/metals/gold/feeds/prices.rss?lang=de');
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ parameter: 'lang', value: 'de' });
  });
});

/** Texts of one element inside another; the parser refuses what is no XML. */
function textsOf(xml: string, within: string, name: string): string[] {
  const texts: string[] = [];
  const open: string[] = [];
  const parser = new SaxesParser();
  parser.on('opentag', (tag) => {
    open.push(tag.name);
    if (tag.name === name && open.includes(within)) texts.push('');
  });
  parser.on('closetag', () => void open.pop());
  parser.on('text', (text) => {
    if (open.at(-1) === name && open.includes(within)) texts.push((texts.pop() ?? '') + text);
  });
  parser.write(xml).close();
  return texts;
}

describe('widgets', () => {
  it.each(['card', 'history', 'forecast'])('stand on any page without script, form or cookie: %s', async (kind) => {
    for (const state of ['normal', 'empty', 'simulated'] as const) {
      const { get } = start(state);
      for (const query of ['?lang=ru', '?lang=en&theme=dark']) {
        const answer = await get(`/embed/gold/${kind}${query}`);
        const html = await answer.text();
        expect(answer.status).toBe(200);
        expect(answer.headers.get('content-security-policy')).toContain('frame-ancestors *');
        expect(answer.headers.get('set-cookie')).toBeNull();
        expect(html).not.toMatch(/<script|<form| style=| on[a-z]+=|undefined|NaN/);
        expect(html.includes('SIMULATED')).toBe(state === 'simulated');
        expect(html.includes('data-theme="dark"')).toBe(query.includes('dark'));
      }
    }
  });

  it('are what a chart offers, where they show the same', async () => {
    const { get } = start();
    const offered = async (path: string) =>
      [
        ...(await (await get(path)).text()).matchAll(
          /iframe src=&quot;http:[/][/][^/]+([^&]+(?:&amp;amp;|&amp;)?[^&]*)&quot;/g,
        ),
      ].map(([, address]) => address!.replaceAll('&amp;', '&'));
    const cases = {
      '/?lang=en&metal=silver': ['/embed/silver/history?lang=en&range=m6'],
      '/history?lang=ru': ['/embed/gold/history?lang=ru&range=all'],
      '/history?lang=ru&from=2025-01-01': [],
      '/history?lang=ru&view=drawdown': [],
      '/history?lang=ru&compare=silver': [],
      '/forecast?lang=en': ['/embed/gold/forecast?lang=en'],
      '/forecast?lang=en&paths=on': [],
    };
    for (const [path, addresses] of Object.entries(cases)) {
      expect([path, await offered(path)]).toEqual([path, addresses]);
      for (const address of addresses) expect((await get(address)).status).toBe(200);
    }
  });

  it('are the only pages that may be framed', async () => {
    const { get } = start();
    for (const path of ['/', '/data', '/system', '/embed/gold/none', '/embed/lead/card']) {
      const answer = await get(path);
      expect([path, answer.headers.get('content-security-policy')]).toEqual([
        path,
        expect.stringContaining("frame-ancestors 'none'"),
      ]);
    }
  });
});

describe('the page of data', () => {
  it('links only to what answers', async () => {
    const { get } = start();
    const html = await (await get('/data?lang=en&metal=silver')).text();
    const links = [...html.matchAll(/href="(\/(?:api|embed|chart)[^"]*)"/g)].map(([, href]) =>
      href!.replaceAll('&amp;', '&'),
    );
    expect(links.length).toBeGreaterThan(45);
    for (const link of new Set(links)) expect([link, (await get(link)).status]).toEqual([link, 200]);
  });

  it('leads a filled form to the answer, leaving out what is empty', async () => {
    const { get } = start();
    const answer = await get(
      '/data/try?request=/metals/{metal}/quotes&metal=gold&from=2025-06-01&to=&fields=date%2CbuyRubPerGram&format=csv',
    );
    expect(answer.status).toBe(303);
    const address = answer.headers.get('location')!;
    expect(address).toBe('/api/v1/metals/gold/quotes.csv?from=2025-06-01&fields=date%2CbuyRubPerGram');
    expect((await get(address)).status).toBe(200);
    for (const wrong of ['', 'request=/nothing', 'request=/metals&format=exe', 'request=__proto__']) {
      expect((await get(`/data/try?${wrong}`)).status).toBe(404);
    }
    expect((await get('/data/try?request=/runs/{id}&id=')).status).toBe(400);
    const odd = await get(`/data/try?request=/runs/{id}&id=${encodeURIComponent('../../data?x=1#')}`);
    expect(odd.headers.get('location')).toBe('/api/v1/runs/..%2F..%2Fdata%3Fx%3D1%23');
  });

  it('has a form in both languages for every request of the OpenAPI document that reads', async () => {
    const { get } = start();
    const { paths } = createOpenApi('1');
    const forms = readRequests(createOpenApi('1'));
    const addresses = forms.flatMap(({ path, formats }) => [path, ...formats.map((format) => `${path}.${format}`)]);
    for (const [path, item] of Object.entries(paths)) {
      if (item['get'] !== undefined) expect(addresses).toContain(path);
    }
    for (const { data } of [enData, ruData]) {
      expect(Object.keys(data.requests).sort()).toEqual(forms.map(({ path }) => path).sort());
      const named = forms.flatMap(({ parameters }) => parameters.map(({ name }) => name));
      expect(Object.keys(data.fields).sort()).toEqual([...new Set(named)].sort());
    }
    const html = await (await get('/data?lang=ru')).text();
    for (const { path } of forms) expect(html).toContain(`name="request" value="${path}"`);
    // As filled in by a visitor who only chooses the metal, each leads to an answer.
    for (const { path, parameters } of forms) {
      if (path === '/events') continue;
      const samples: Record<string, string> = {
        metal: 'gold',
        name: 'theta',
        a: 'theta',
        b: 'naive',
        file: 'MLmodel',
        id: 'run-2',
      };
      const query = new URLSearchParams({ request: path });
      for (const { name, isRequired } of parameters) query.set(name, isRequired ? (samples[name] ?? '') : '');
      const address = (await get(`/data/try?${query.toString()}`)).headers.get('location') ?? '';
      expect([path, (await get(address)).status]).toEqual([path, 200]);
    }
  });
});
