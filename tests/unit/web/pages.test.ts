import { createHash } from 'node:crypto';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import { createWebApp } from '../../../src/api/dashboard.ts';
import { formatOf } from '../../../web/i18n/format.ts';
import { createSampleApi, type SampleState } from '../../support/sample-api.ts';

const sections = [
  '/',
  '/history',
  '/months',
  '/forecast',
  '/accuracy',
  '/calculators',
  '/models',
  '/models/compare',
  '/alerts',
  '/data',
  '/report',
  '/system',
];

function start(state: SampleState = 'normal') {
  const api = createSampleApi(state);
  const bugs: unknown[] = [];
  let visitors = 0;
  const app = createWebApp({
    api,
    version: '0.1.0',
    guardOptions: {},
    secret: 'only for tests',
    newId: () => {
      visitors += 1;
      return `visitor-${visitors}`;
    },
    onBug: (error) => bugs.push(error),
  });
  const get = (path: string, headers: Record<string, string> = {}) =>
    app.request(`http://localhost${path}`, { headers: { host: 'localhost', ...headers } });
  return { api, app, bugs, get, text: async (path: string) => (await get(path)).text() };
}

describe('every page in every state', () => {
  const states = [
    'normal',
    'empty',
    'stale',
    'simulated',
    'no-champion',
    'weak',
    'naive',
    'failed-run',
    'held',
  ] as const;
  it.each(states)('%s: answers in both languages, without inline style or script', async (state) => {
    const { get, bugs } = start(state);
    for (const path of sections) {
      for (const lang of ['ru', 'en']) {
        const answer = await get(`${path}?lang=${lang}`);
        const html = await answer.text();
        expect([path, answer.status]).toEqual([path, 200]);
        expect(html).toMatch(new RegExp(`^<!doctype html><html lang="${lang}"`));
        expect(html.match(/<style>/g)).toHaveLength(1);
        expect(html).not.toMatch(/ style=|<style[^>]|<script(?![^>]* src=)| on[a-z]+=|undefined|NaN|\[object/);
        expect(html.includes('SIMULATED')).toBe(state === 'simulated');
      }
    }
    expect(bugs).toEqual([]);
  });

  it('says 503 in words when the store is away, and looks again by itself', async () => {
    const { get } = start('down');
    for (const path of sections) {
      const answer = await get(path);
      const html = await answer.text();
      expect(answer.status).toBe(503);
      expect(html).toContain('Хранилище не отвечает');
      expect(html).toContain('http-equiv="refresh"');
    }
  });
});

describe('what a page says', () => {
  it('shows a missing sell price in words and never as 0', async () => {
    const html = await start().text('/history?from=1998-01-01&to=1998-01-31');
    expect(html).toContain('нет данных');
    expect(html).not.toMatch(/<\/th><td class="number">[\d,]+<\/td><td class="number">0/);
  });

  it('puts an unskilful forecast first', async () => {
    const html = await start('weak').text('/forecast');
    expect(html.indexOf('не точнее сегодняшней цены')).toBeGreaterThan(0);
    expect(html.indexOf('не точнее сегодняшней цены')).toBeLessThan(html.indexOf('Следующая котировка'));
    expect(await start().text('/forecast')).not.toContain('не точнее сегодняшней цены');
  });

  it('says so when the champion is the rule that the price stays', async () => {
    const html = await start('naive').text('/forecast');
    expect(html).toContain('Ни одна модель не оказалась точнее');
    expect(html).not.toContain('id="skill-t"');
  });

  it('folds the checks that hold and opens those that do not', async () => {
    expect(await start().text('/system')).toContain('Все проверки сошлись: 3.');
    const html = await start('failed-run').text('/system');
    expect(html).toContain('Не сошлись: 1.');
    expect(html.indexOf('olap-equals-dm')).toBeLessThan(html.indexOf('row-balance'));
  });

  it('says how old the data is', async () => {
    expect(await start('stale').text('/')).toContain('513\u00a0дней');
    expect(await start().text('/')).not.toContain('Данные устарели');
  });

  it('splits the change so that its parts add up', async () => {
    const { last, previous } = await start().api.today('gold');
    const html = await start().text('/?lang=en');
    const moves = html.match(/<ul class="moves">.*?<\/ul>/s)?.[0] ?? '';
    const parts = [...moves.matchAll(/([+−])₽([\d,]+\.\d\d)/g)].map(
      ([, sign, number]) => Number(number!.replaceAll(',', '')) * (sign === '−' ? -1 : 1),
    );
    expect(parts).toHaveLength(2);
    expect(Math.abs(parts[0]! + parts[1]! - (last!.buyRubPerGram - previous!.buyRubPerGram))).toBeLessThan(0.011);
  });

  it('computes its figures over the range it shows', async () => {
    const { api, text } = start();
    const range = { metal: 'gold', from: '2024-03-01', to: '2024-05-31' } as const;
    const summary = await api.summary(range);
    const html = await text('/history?from=2024-03-01&to=2024-05-31&lang=en');
    expect(html).toContain(`₽${summary.minRubPerGram!.toLocaleString('en-GB', { minimumFractionDigits: 2 })}`);
    expect(html).toContain(`₽${summary.meanRubPerGram!.toLocaleString('en-GB', { minimumFractionDigits: 2 })}`);
    expect(html).toContain('from=2024-03-01&amp;to=2024-05-31');
  });

  it('tells the news in one sentence, and when the next price is due', async () => {
    const { api, text } = start();
    const { last, place } = await api.today('gold');
    const html = await text('/?lang=en');
    expect(html).toContain('The Bank of Russia’s accounting price of gold for 28 June 2025 is ₽');
    expect(html).toContain(`(${last!.changePercent! < 0 ? '−' : '+'}`);
    expect(html).toContain('The Bank publishes it about 30 Jun 2025, 16:30 Moscow time.');
    const share = Math.round((100 * place!.lowerQuotes) / (place!.quotes - 1));
    expect(html).toContain(`Higher than ${share}% of the quotes since ${formatOf('en').date(place!.firstDate)}`);
  });

  it('compares what differs in unit by index, and never a metal with itself', async () => {
    const { api, text } = start();
    const [first] = await api.quotes({ metal: 'gold', from: '2020-01-01' });
    const html = await text('/history?from=2020-01-01&compare=gold.silver.usd&lang=en');
    expect(html).toContain(`Price of gold: ${formatOf('en').date(first!.date, 'short')} = 100`);
    expect(html.match(/class="line m-(\w+)" d/g)).toEqual([
      'class="line m-silver" d',
      'class="line m-usd" d',
      'class="line m-gold" d',
    ]);
    expect(await text('/history?compare=tin&lang=en')).toContain('compare = “tin”');
  });

  it('shows the return of each month that the mart has', async () => {
    const { api, text } = start();
    const months = await api.months('gold');
    const cells = [...(await text('/months?lang=en')).matchAll(/<span class="heat[^"]*">([^<]+)<\/span>/g)];
    const known = months.filter((month) => month.returnPercent !== null);
    const years = new Set(months.map((month) => month.month.slice(0, 4))).size;
    expect(cells).toHaveLength(known.length + years - 1);
    const last = known.at(-1)!.returnPercent!;
    expect(cells.map(([, cell]) => cell)).toContain(`${last < 0 ? '−' : '+'}${Math.abs(last).toFixed(1)}`);
  });

  it('draws paths only where they are asked for', async () => {
    const { text } = start();
    expect(await text('/forecast')).not.toContain('line path');
    expect((await text('/forecast?paths=on')).match(/class="line path" d/g)).toHaveLength(20);
  });

  it('counts by the price in force, and names what it cannot read at the field', async () => {
    const { api, text } = start();
    const sunday = await api.quotes({ metal: 'gold', from: '2025-06-01', to: '2025-06-22' });
    const html = await text('/calculators?on=2025-06-22&lang=en');
    expect(html).toContain(`₽${sunday.at(-1)!.buyRubPerGram.toLocaleString('en-GB', { minimumFractionDigits: 2 })}`);
    const wrong = await text('/calculators?mass=abc&lang=en');
    expect(wrong).toContain('id="mass-wrong">“abc” does not fit; allowed: 0.01 … 1000000');
    expect(wrong).toContain('value="abc" aria-invalid="true"');
    expect(await text('/calculators?since=2025-06-20&until=2024-06-20&lang=en')).toContain('Swap the dates');
    expect(await text('/calculators?on=1990-01-01&lang=en')).toContain('no price of gold for 1 January 1990');
  });

  it('sorts the tournament by any column, and keeps what failed at the end', async () => {
    const order = (html: string) =>
      [
        ...(html.match(/<table>.*?<\/table>/s)?.[0] ?? '').matchAll(/<th scope="row" class="text"><a[^>]*>([a-z-]+)/g),
      ].map(([, model]) => model);
    const { text } = start();
    expect(order(await text('/models'))[0]).toBe('theta');
    const byMae = order(await text('/models?sort=mae&h=14'));
    expect(byMae.at(-1)).toBe('sarima');
    expect(byMae.at(-2)).toBe('moving-average');
    const worst = order(await text('/models?sort=mae&h=14&order=worst'));
    expect(worst).toEqual([...byMae.slice(0, -1).reverse(), 'sarima']);
  });

  it('follows the first run while there is nothing else', async () => {
    const html = await start('empty').text('/');
    expect(html).toContain('Идёт первая загрузка');
    expect(html).toContain('Построить таблицы');
    expect(html).toContain('<noscript><meta http-equiv="refresh"');
    expect(await start('empty').text('/live/progress?lang=en')).toContain('Build tables');
    expect(await start().text('/live/progress')).toBe('');
  });
});

describe('addresses', () => {
  it('say what of them was not understood, and stay safe', async () => {
    const { get } = start();
    const attack = '"><script>alert(1)</script>';
    const query = new URLSearchParams({ metal: attack, from: '2025-02-30', page: '-1', [attack]: attack });
    const html = await (await get(`/history?${query}`)).text();
    expect(html).toContain('Часть адреса не понята');
    expect(html).toContain('2025-02-30');
    expect(html).not.toContain('<script>alert');
    expect(html.match(/<script/g)?.length ?? 0).toBeLessThanOrEqual(1);
  });

  it('keep metal, range and language from link to link', async () => {
    const html = await start().text('/history?metal=silver&from=2024-01-01&to=2024-12-31&lang=en');
    expect(html).toContain('href="/months?metal=silver&amp;lang=en"');
    expect(html).toContain('href="/history?metal=platinum&amp;from=2024-01-01&amp;to=2024-12-31&amp;lang=en"');
  });

  it('turn a reversed range into a notice, not an error', async () => {
    const answer = await start().get('/history?from=2025-02-01&to=2025-01-01');
    expect(answer.status).toBe(200);
    expect(await answer.text()).toContain('≤ 2025-01-01');
  });

  it('choose the language by address, then cookie, then browser, then Russian', async () => {
    const { get } = start();
    const lang = async (path: string, headers = {}) => (await get(path, headers)).headers.get('content-language');
    expect(await lang('/')).toBe('ru');
    expect(await lang('/', { 'accept-language': 'de, en;q=0.8' })).toBe('en');
    expect(await lang('/', { 'accept-language': 'en', cookie: 'assay_lang=ru' })).toBe('ru');
    expect(await lang('/?lang=en', { cookie: 'assay_lang=ru' })).toBe('en');
  });

  it('remember a theme and leave it out of the address', async () => {
    const answer = await start().get('/history?from=2024-01-01&theme=dark');
    expect(answer.status).toBe(303);
    expect(answer.headers.get('location')).toBe('/history?from=2024-01-01');
    expect(answer.headers.get('set-cookie')).toContain('assay_theme=dark');
    const html = await (await start().get('/', { cookie: 'assay_theme=dark' })).text();
    expect(html).toContain('data-theme="dark"');
  });

  it('that lead nowhere get a page that says so', async () => {
    const { get } = start();
    for (const path of ['/nope', '/runs/none', '/forecast?vintage=v-0', '/chart/none.svg', '/assets/none.js']) {
      expect([path, (await get(path)).status]).toEqual([path, 404]);
    }
    expect((await get('/api/v1/nope')).headers.get('content-type')).toMatch(/problem\+json/);
  });
});

describe('headers and files', () => {
  it('forbid whatever is not ours', async () => {
    const answer = await start().get('/');
    const policy = answer.headers.get('content-security-policy') ?? '';
    for (const part of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "frame-ancestors 'none'"]) {
      expect(policy).toContain(part);
    }
    expect(policy).not.toContain('unsafe');
    const style = /<style>(.*?)<\/style>/s.exec(await answer.text())?.[1] ?? '';
    expect(style).toContain('--paper');
    expect(policy).toContain(`'sha256-${createHash('sha256').update(style).digest('base64')}'`);
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  it('let a browser keep the style sheet under its hash', async () => {
    const { get, text } = start();
    const address = /href="(\/assets\/app\.css\?v=[\w-]+)"/.exec(await text('/embed/gold/card'))?.[1] ?? '';
    const answer = await get(address);
    expect(answer.headers.get('cache-control')).toContain('immutable');
    const known = await get(address, { 'if-none-match': answer.headers.get('etag')! });
    expect(known.status).toBe(304);
    expect((await get('/assets/app.css')).headers.get('cache-control')).toBe('no-cache');
  });

  it('give each chart as an SVG file that stands alone and bears the mark of simulated data', async () => {
    const charts = ['prices', 'changes', 'history', 'metric', 'buy-sell', 'fan'];
    for (const chart of charts) {
      const real = await start().get(`/chart/${chart}.svg?lang=en`);
      expect(real.headers.get('content-type')).toMatch(/^image\/svg\+xml/);
      const text = await real.text();
      expect(text).toMatch(/^<\?xml .*<svg xmlns=.*<\/svg>\n$/s);
      expect(text).not.toContain('SIMULATED');
      const made = await start('simulated').get(`/chart/${chart}.svg`);
      expect(made.headers.get('content-disposition')).toContain('SIMULATED-assay-');
      expect(await made.text()).toContain('SIMULATED');
      expect(() => new SaxesParser().write(text).close()).not.toThrow();
    }
  });

  it('are the same bytes whatever the time zone of the host', async () => {
    const before = process.env['TZ'];
    const digests = new Set<string>();
    try {
      for (const zone of ['UTC', 'America/Los_Angeles', 'Asia/Kamchatka']) {
        process.env['TZ'] = zone;
        const { text } = start();
        const hash = createHash('sha256');
        for (const path of sections) hash.update(await text(path));
        digests.add(hash.digest('hex'));
      }
    } finally {
      if (before === undefined) delete process.env['TZ'];
      else process.env['TZ'] = before;
    }
    expect(digests.size).toBe(1);
  });
});

describe('forms', () => {
  async function visit(path: string, state: SampleState = 'normal') {
    const started = start(state);
    const answer = await started.get(path);
    const cookie = /assay_form=[^;]+/.exec(answer.headers.get('set-cookie') ?? '')?.[0] ?? '';
    const token = /name="token" value="([^"]+)"/.exec(await answer.text())?.[1] ?? '';
    expect(answer.headers.get('set-cookie')).toMatch(/assay_form=.*HttpOnly.*SameSite=Strict/);
    const post = (to: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
      started.app.request(`http://localhost${to}`, {
        method: 'POST',
        headers: {
          host: 'localhost',
          origin: 'http://localhost',
          cookie,
          'content-type': 'application/x-www-form-urlencoded',
          ...headers,
        },
        body: new URLSearchParams(fields).toString(),
      });
    return { ...started, post, token };
  }

  it('promote with a reason, and come back to a page that says so', async () => {
    const { post, token, api, text } = await visit('/models?metal=silver&lang=en');
    const answer = await post('/models/promote', {
      token,
      metal: 'silver',
      lang: 'en',
      version: '2',
      reason: 'it is better',
    });
    expect(answer.status).toBe(303);
    expect(api.commands).toEqual([['promote', 'silver', 2, 'it is better']]);
    expect(await text(answer.headers.get('location')!)).toContain('The version is now in production');
  });

  it('decide a held record', async () => {
    const { post, token, api } = await visit('/system', 'held');
    const held = { table: 'ods.fx_rate', code: 'R01235', date: '2025-06-27', revision: '1' };
    const answer = await post('/system/held', {
      token,
      metal: 'gold',
      ...held,
      decision: 'reject',
      reason: 'a slip of the Bank',
    });
    expect(answer.headers.get('location')).toBe('/system?done=reject');
    expect(api.commands).toEqual([['decideHeld', { ...held, revision: 1 }, 'reject', 'a slip of the Bank']]);
  });

  it('are refused without their token, with another visitor’s, from another site, and without a reason', async () => {
    const { post, token, api } = await visit('/models');
    const fields = { metal: 'gold', reason: 'because' };
    expect((await post('/models/rollback', fields)).status).toBe(403);
    expect((await post('/models/rollback', { ...fields, token: `${token.slice(0, -1)}_` })).status).toBe(403);
    expect((await post('/models/rollback', { ...fields, token }, { cookie: 'assay_form=visitor-99' })).status).toBe(
      403,
    );
    expect((await post('/models/rollback', { ...fields, token }, { origin: 'http://evil.example' })).status).toBe(403);
    expect((await post('/models/rollback', { token, metal: 'gold', reason: '' })).status).toBe(400);
    expect((await post('/models/promote', { ...fields, token, version: 'x' })).status).toBe(400);
    expect(api.commands).toEqual([]);
  });

  it('say what the gate said', async () => {
    const { post, token } = await visit('/models');
    const answer = await post('/models/promote', { token, metal: 'gold', version: '4', reason: 'let us see' });
    expect(answer.status).toBe(409);
    expect(await answer.text()).toContain('Version 4 does not reproduce its own forecast.');
  });
});
