import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { healthSchema, problemSchema, provenanceSchema } from '../../../../src/api/contract.ts';
import { createApiV1 } from '../../../../src/api/v1/app.ts';
import { hasFiles, readRoutes } from '../../../../src/api/v1/routes.ts';
import { createSampleApi, type SampleState } from '../../../support/sample-api.ts';

function start(state: SampleState = 'normal') {
  const api = createSampleApi(state);
  const app = new Hono().route('/api/v1', createApiV1(api, { version: '0.1.0', heartbeatMs: 5 }));
  return {
    api,
    get: (path: string, headers: Record<string, string> = {}) => app.request(`/api/v1${path}`, { headers }),
    app,
  };
}

const json = (body: unknown): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify(body),
});

/** An address of a route with everything it cannot do without. */
function addressOf(path: string, suffix = ''): string {
  const query = path.endsWith('/pair')
    ? '?a=theta&b=naive'
    : path.includes('/model/') || path.endsWith('/model')
      ? '?name=theta'
      : '';
  return `${path.replace(':metal', 'gold').replace(':id', 'run-1')}${suffix}${query}`;
}

describe('every reading route', () => {
  for (const state of ['normal', 'empty', 'simulated', 'no-champion', 'failed-run', 'held'] as const) {
    it.each(readRoutes.map((route) => [route.path, route] as const))(
      `answers what it promises (${state}): %s`,
      async (path, route) => {
        const answer = await start(state).get(addressOf(path));
        expect(answer.status).toBe(200);
        const body = await answer.json();
        const schema = z.strictObject({ provenance: provenanceSchema.strict(), data: route.data });
        expect(schema.safeParse(body).error).toBeUndefined();
        expect(body.provenance.simulated).toBe(state === 'simulated');
      },
    );
  }

  it.each(readRoutes.filter(hasFiles).map((route) => route.path))(
    'comes as CSV with a row for every row: %s',
    async (path) => {
      const { get } = start('simulated');
      const answer = await get(addressOf(path, '.csv'));
      expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
      expect(answer.headers.get('content-disposition')).toMatch(/filename="SIMULATED-assay-/);
      const lines = (await answer.text()).split('\r\n');
      expect(lines.at(-1)).toBe('');
      const header = lines[0]!.split(',');
      expect(header.at(-1)).toBe('simulated');
      expect(lines.length).toBeGreaterThan(2);
      for (const line of lines.slice(1, -1)) expect(line.endsWith(',true')).toBe(true);
    },
  );

  it.each(readRoutes.filter(hasFiles).map((route) => route.path))('comes as a JSON file: %s', async (path) => {
    const answer = await start().get(addressOf(path, '.json'));
    expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="assay-[\w-]+\.json"$/);
    expect(Object.keys(await answer.json())).toEqual(['provenance', 'data']);
  });
});

describe('quotes', () => {
  it('keeps to the range and the limit, newest kept', async () => {
    const { get } = start();
    const body = await (await get('/metals/gold/quotes?from=2025-01-01&to=2025-03-31&limit=3')).json();
    expect(body.data.map((quote: { date: string }) => quote.date)).toEqual(['2025-03-27', '2025-03-28', '2025-03-29']);
  });

  it('leaves a missing sell price empty in CSV and null in JSON, never 0', async () => {
    const { get } = start();
    const range = '?from=1998-01-01&to=1998-02-01';
    const { data } = await (await get(`/metals/gold/quotes${range}`)).json();
    expect(data.length).toBeGreaterThan(5);
    expect(data.every((quote: { sellRubPerGram: unknown }) => quote.sellRubPerGram === null)).toBe(true);
    const csv = await (await get(`/metals/gold/quotes.csv${range}`)).text();
    expect(csv.split('\r\n')[1]).toMatch(/^1998-01-\d\d,[\d.]+,,/);
  });

  it('answers 304 to its own tag, and anew when the range differs', async () => {
    const { get } = start();
    const first = await get('/metals/gold/quotes?from=2025-06-01');
    const etag = first.headers.get('etag')!;
    const again = await get('/metals/gold/quotes?from=2025-06-01', { 'if-none-match': `"x", ${etag}` });
    expect(again.status).toBe(304);
    expect(await again.text()).toBe('');
    expect((await get('/metals/gold/quotes?from=2025-06-11', { 'if-none-match': etag })).status).toBe(200);
  });

  it('comes as CSV when CSV is asked for', async () => {
    const answer = await start().get('/metals/gold/quotes?limit=2', { accept: 'text/csv' });
    expect(answer.headers.get('content-type')).toMatch(/^text\/csv/);
    expect(answer.headers.get('vary')).toContain('Accept');
  });
});

describe('bad input is refused with its name, its value and what is allowed', () => {
  it.each([
    ['/metals/uranium/quotes', 'metal', 'uranium', 'gold'],
    ['/metals/gold/quotes?from=2025-02-30', 'from', '2025-02-30', 'YYYY-MM-DD'],
    ['/metals/gold/quotes?from=2025-02-02&to=2025-02-01', 'from', '2025-02-02', '2025-02-01'],
    ['/metals/gold/quotes?limit=1000000', 'limit', '1000000', '20000'],
    ['/metals/gold/quotes?limit=0', 'limit', '0', '20000'],
    ['/metals/gold/quotes?limit=5&limit=6', 'limit', '5, 6', 'once'],
    ['/metals/gold/quotes?form=2025-01-01', 'form', '2025-01-01', 'from'],
    ['/metals/gold/quotes?metal=silver', 'metal', 'silver', 'path'],
    ['/metals/gold/forecast-vs-fact?limit=-1', 'limit', '-1', '5000'],
    ['/system?x=%3Cscript%3E', 'x', '<script>', 'no parameters'],
  ])('%s', async (path, parameter, value, allowed) => {
    const answer = await start().get(path);
    expect(answer.status).toBe(400);
    expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
    const problem = problemSchema.parse(await answer.json());
    expect(problem).toMatchObject({ status: 400, code: 'INPUT_INVALID', parameter, value });
    expect(problem.allowed).toContain(allowed);
  });

  it('says what is not there', async () => {
    const { get } = start();
    for (const path of ['/nothing', '/runs/run-77', '/metals/gold/forecast?vintage=v-0']) {
      const answer = await get(path);
      expect(answer.status).toBe(404);
      expect(problemSchema.parse(await answer.json()).code).toBe('NOT_FOUND');
    }
  });
});

describe('commands', () => {
  it('pass on what was asked', async () => {
    const { app, api } = start();
    const post = (path: string, body: unknown) => app.request(`/api/v1${path}`, json(body));
    expect((await post('/runs', { flow: 'sync', parameters: { from: '2008-07-01' } })).status).toBe(202);
    expect((await post('/models/gold/promote', { version: 3, reason: 'better' })).status).toBe(200);
    expect((await post('/models/silver/rollback', { reason: 'worse' })).status).toBe(200);
    const held = { table: 'ods.metal_quote', code: '1', date: '2025-06-27', revision: 2 };
    expect((await post('/held', { ...held, decision: 'reject', reason: 'a slip' })).status).toBe(200);
    expect(api.commands).toEqual([
      ['startRun', 'sync', { from: '2008-07-01' }],
      ['promote', 'gold', 3, 'better'],
      ['rollback', 'silver', 'worse'],
      ['decideHeld', held, 'reject', 'a slip'],
    ]);
  });

  it.each([
    ['/runs', { flow: 'Sync; rm' }, 'flow'],
    ['/runs', { flow: 'sync', now: true }, 'now'],
    ['/models/gold/promote', { version: 1.5, reason: 'why not' }, 'version'],
    ['/models/gold/promote', { version: 1, reason: ' ' }, 'reason'],
    ['/models/lead/rollback', { reason: 'why not' }, 'metal'],
    ['/held', { table: 'pg_user' }, 'table'],
  ])('refuse a wrong body: %s %j', async (path, body, parameter) => {
    const { app, api } = start();
    const answer = await app.request(`/api/v1${path}`, json(body));
    expect(answer.status).toBe(400);
    expect(problemSchema.parse(await answer.json()).parameter).toBe(parameter);
    expect(api.commands).toEqual([]);
  });

  it('refuse what is not JSON, by type and by content', async () => {
    const { app } = start();
    const form = await app.request('/api/v1/runs', { method: 'POST', body: new URLSearchParams({ flow: 'sync' }) });
    expect(problemSchema.parse(await form.json()).parameter).toBe('Content-Type');
    const broken = await app.request('/api/v1/runs', { ...json(0), body: '{' });
    expect(problemSchema.parse(await broken.json()).parameter).toBe('body');
  });

  it('say why the gate refused', async () => {
    const { app } = start();
    const answer = await app.request('/api/v1/models/gold/promote', json({ version: 4, reason: 'try it' }));
    expect(answer.status).toBe(409);
    expect(problemSchema.parse(await answer.json()).code).toBe('GATE_REFUSED');
  });
});

describe('health and events', () => {
  it('is degraded, not silent, when the store is away', async () => {
    const answer = await start('down').get('/health');
    expect(answer.status).toBe(503);
    expect(healthSchema.parse(await answer.json())).toMatchObject({ status: 'degraded', version: '0.1.0' });
    expect(healthSchema.parse(await (await start().get('/health')).json()).status).toBe('ok');
  });

  it('maps a failing store to 503 everywhere', async () => {
    const answer = await start('down').get('/metals/gold/quotes');
    expect(answer.status).toBe(503);
    expect(problemSchema.parse(await answer.json()).code).toBe('STORE_UNAVAILABLE');
  });

  it('streams events with heartbeats and lets go when the reader leaves', async () => {
    const { get, api } = start();
    const reader = (await get('/events')).body!.getReader();
    const decoder = new TextDecoder();
    let text = '';
    const readUntil = async (wanted: string): Promise<void> => {
      while (!text.includes(wanted)) text += decoder.decode((await reader.read()).value);
    };
    await readUntil(': connected');
    api.emit({ type: 'data', lastEffectiveDate: '2025-07-01' });
    await readUntil('event: data\ndata: {"type":"data","lastEffectiveDate":"2025-07-01"}');
    await readUntil(': still here');
    await reader.cancel();
  });
});
