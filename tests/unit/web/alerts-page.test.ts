import { describe, expect, it } from 'vitest';
import { createWebApp } from '../../../src/api/dashboard.ts';
import { createSampleApi, type SampleState } from '../../support/sample-api.ts';

function start(state: SampleState = 'normal') {
  const api = createSampleApi(state);
  const app = createWebApp({
    api,
    version: '0.1.0',
    guardOptions: {},
    secret: 'only for tests',
    newId: () => 'visitor',
  });
  const get = (path: string) => app.request(`http://localhost${path}`, { headers: { host: 'localhost' } });
  return { api, app, get };
}

/** A visitor who has the page open, with its token and cookie. */
async function visit(path = '/alerts?lang=en') {
  const started = start();
  const answer = await started.get(path);
  const text = await answer.text();
  const cookie = /assay_form=[^;]+/.exec(answer.headers.getSetCookie().join('\n'))?.[0] ?? '';
  const token = /name="token" value="([^"]+)"/.exec(text)?.[1] ?? '';
  const post = (to: string, fields: Readonly<Record<string, string>>) =>
    started.app.request(`http://localhost${to}`, {
      method: 'POST',
      headers: {
        host: 'localhost',
        origin: 'http://localhost',
        cookie,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ token, metal: 'gold', lang: 'en', ...fields }).toString(),
    });
  return { ...started, text, token, post };
}

describe('the page of alerts', () => {
  it('shows rules, messages and what a channel still needs', async () => {
    const { text } = await visit();
    for (const words of [
      'Above 9000',
      '-1001234567890',
      'https://hooks.example.org/…9f2c',
      'ASSAY_ALERT_SECRET',
      '22:00',
    ]) {
      expect(text).toContain(words);
    }
    expect(text).toContain('not delivered');
    expect(await (await start('empty').get('/alerts?lang=ru')).text()).toContain('Правил пока нет');
  });

  it('shows the fields of the kind that the address names', async () => {
    const fields = async (kind: string) => {
      const { text } = await visit(`/alerts?kind=${kind}`);
      return [...text.matchAll(/<(?:input|select)[^>]* name="([a-z]+)"/g)].map(([, name]) => name);
    };
    expect(await fields('price-crosses')).toEqual(expect.arrayContaining(['level', 'direction', 'target']));
    expect(await fields('new-record')).toEqual(expect.arrayContaining(['side', 'days']));
    expect(await fields('promotion')).not.toContain('level');
  });

  it('makes a rule from the form, with a comma in its number', async () => {
    const { post, api } = await visit();
    const answer = await post('/alerts/add', {
      ...{
        kind: 'price-crosses',
        level: '9 000,5',
        direction: 'up',
        name: '',
        channel: 'email',
        target: 'me@example.org',
      },
      ...{ quietFrom: '22:00', quietTo: '08:00' },
    });
    expect([answer.status, answer.headers.get('location')]).toEqual([303, '/alerts?lang=en&done=added']);
    expect(api.commands).toEqual([
      [
        'addAlert',
        {
          name: 'price-crosses',
          metal: 'gold',
          condition: { kind: 'price-crosses', levelRubPerGram: 9000.5, direction: 'up' },
          channel: 'email',
          target: 'me@example.org',
          quiet: { from: '22:00', to: '08:00' },
          lang: 'en',
        },
      ],
    ]);
  });

  it.each([
    [{ kind: 'price-crosses', level: '', channel: 'email', target: 'me@example.org' }, 'levelRubPerGram'],
    [{ kind: 'price-crosses', level: '9000', channel: 'webhook', target: 'file:///etc/passwd' }, 'http:// or https://'],
    [
      { kind: 'price-crosses', level: '9000', channel: 'webhook', target: 'javascript:alert(1)' },
      'http:// or https://',
    ],
    [{ kind: 'promotion', channel: 'email', target: 'me@example.org', quietFrom: '22:00' }, 'HH:MM'],
    [{ kind: 'nonsense', channel: 'email', target: 'me@example.org' }, 'condition'],
  ])('refuses %j and says why', async (fields, words) => {
    const { post, api } = await visit();
    const answer = await post('/alerts/add', { name: 'x', ...fields } as Readonly<Record<string, string>>);
    expect(answer.status).toBe(400);
    expect(await answer.text()).toContain(words);
    expect(api.commands).toEqual([]);
  });

  it('previews at an address of its own, which never holds the target', async () => {
    const { post, get } = await visit();
    const answer = await post('/alerts/preview', {
      kind: 'change-exceeds',
      percent: '3',
      target: 'https://x.example/secret',
    });
    const location = answer.headers.get('location') ?? '';
    expect(location).toBe('/alerts?lang=en&kind=change-exceeds&percent=3&preview=yes#new');
    expect(await (await get(location)).text()).toContain('In 365 days the rule would have written 1\u00a0time');
  });

  it('tests, turns off, removes and retries, and nothing without its token', async () => {
    const { post, api } = await visit();
    for (const act of ['test', 'off', 'on', 'remove']) await post('/alerts/change', { rule: 'r1', act });
    await post('/alerts/retry', { delivery: 'd2' });
    expect(api.commands).toEqual([
      ['testAlert', 'r1'],
      ['setAlert', 'r1', false],
      ['setAlert', 'r1', true],
      ['removeAlert', 'r1'],
      ['retryAlert', 'd2'],
    ]);
    const refused = await post('/alerts/change', { rule: 'r1', act: 'remove', token: 'another' });
    expect([refused.status, api.commands.length]).toEqual([403, 5]);
    expect((await post('/alerts/change', { rule: 'r9', act: 'remove' })).status).toBe(404);
  });
});
