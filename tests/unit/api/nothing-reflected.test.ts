import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createWebApp } from '../../../src/api/dashboard.ts';
import { createSampleApi } from '../../support/sample-api.ts';

const bugs: unknown[] = [];
const app = createWebApp({
  api: createSampleApi(),
  version: '0.1.0',
  guardOptions: {},
  secret: 'only for tests',
  newId: () => 'visitor-00000001',
  onBug: (error) => bugs.push(error),
});
const get = (path: string, headers: Record<string, string> = {}) =>
  app.request(`http://localhost${path}`, { headers: { host: 'localhost', ...headers } });

/** What would act if it came back as it was sent, each with a mark of its own. */
const attacks = [
  '<script>mark()</script>',
  '"><img src=x onerror=mark()>',
  "' onmouseover='mark()",
  '</title><script>mark()</script>',
  '<svg/onload=mark()>',
  'javascript:mark()',
  '\r\nset-cookie: mark=1',
  '{{mark}}',
  '__proto__',
  'constructor',
  '\u0000mark',
  '%3Cscript%3Emark()%3C/script%3E',
  '../../etc/passwd',
  '\ud800mark',
];

/** An attack that came through: markup of ours has none of these. */
const acting = /<script>mark|<img src=x|<svg\/onload|<[^>]* on\w+=|href="javascript:/i;

/** Every address that is served, as its pattern says. */
const patterns = [
  ...new Set([
    ...app.routes.filter((route) => route.method === 'GET').map((route) => route.path),
    '/system',
    '/',
    '/history',
    '/months',
  ]),
].filter((path) => !path.includes('*') && !path.endsWith('/events'));

const names = ['metal', 'from', 'to', 'limit', 'page', 'fields', 'as_of', 'vintage', 'lang', 'theme', 'done', 'metric'];
const hostile = fc.oneof(
  fc.constantFrom(...attacks),
  fc.string({ maxLength: 40 }),
  fc.string({ unit: 'binary', maxLength: 20 }),
);
const encoded = (text: string) => encodeURIComponent(Buffer.from(text, 'utf8').toString('utf8'));

describe('nothing a visitor sends comes back as markup', () => {
  it('is true of every route, path, parameter and header', async () => {
    expect(patterns.length).toBeGreaterThan(40);
    const request = fc.record({
      pattern: fc.constantFrom(...patterns),
      parts: fc.array(hostile, { minLength: 3, maxLength: 3 }),
      query: fc.array(fc.tuple(fc.oneof(fc.constantFrom(...names), hostile), hostile), { maxLength: 4 }),
      good: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(request, async ({ pattern, parts, query, good }) => {
        let at = 0;
        const path = pattern.replace(/:\w+(\{[^}]*\})?/g, () => {
          at += 1;
          return good ? 'gold' : encoded(parts[at - 1] ?? 'x') || 'x';
        });
        const search = query.map(([name, value]) => `${encoded(name)}=${encoded(value)}`).join('&');
        const answer = await get(`${path}?${search}`, {
          'accept-language': 'en',
          cookie: `assay_lang=${encoded(parts[0]!)}`,
        });
        expect(answer.status, path).not.toBe(500);
        for (const [name, value] of answer.headers)
          expect(`${name}: ${value}`).not.toMatch(/[\r\n\0]|^set-cookie: mark/i);
        const type = answer.headers.get('content-type') ?? '';
        expect(answer.headers.get('x-content-type-options'), path).toBe('nosniff');
        if (!/html|svg|xml/.test(type)) return;
        const text = await answer.text();
        expect([path, acting.exec(text)?.[0]]).toEqual([path, undefined]);
        const returned = [...parts, ...query.flat()].filter((sent) => /<.{4}/.test(sent) && text.includes(sent));
        expect([path, returned]).toEqual([path, []]);
      }),
      { numRuns: 100 },
    );
    expect(bugs).toEqual([]);
  });

  it.each(patterns)('is true of each attack in each place: %s', async (pattern) => {
    for (const attack of attacks) {
      const path = pattern.replace(/:\w+(\{[^}]*\})?/g, encoded(attack));
      const address = `${path}?lang=${encoded(attack)}&${encoded(attack)}=1`;
      const answer = await get(address);
      expect([address, answer.status]).not.toEqual([address, 500]);
      const type = answer.headers.get('content-type') ?? '';
      const text = await answer.text();
      if (/html|svg|xml/.test(type)) expect([address, acting.exec(text)?.[0]]).toEqual([address, undefined]);
      else expect(type).toMatch(/json|csv|javascript|css|sheet|parquet|^$/);
    }
    expect(bugs).toEqual([]);
  });
});
