import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { type GuardOptions, guard, tokenCookie } from '../../../src/api/guard.ts';

function guarded(options: GuardOptions): Hono {
  const app = new Hono();
  app.use(guard(options));
  app.all('*', (context) => context.text('through'));
  return app;
}

async function status(options: GuardOptions, method: string, headers: Record<string, string>, body?: string) {
  const request = { method, headers: { host: '127.0.0.1:8501', ...headers }, ...(body === undefined ? {} : { body }) };
  return (await guarded(options).request('http://127.0.0.1:8501/thing', request)).status;
}

describe('guard: host and origin', () => {
  it.each([
    ['127.0.0.1:8501', 200],
    ['localhost', 200],
    ['LOCALHOST:5000', 200],
    ['assay.localhost:5000', 200],
    ['127.8.9.1:1', 200],
    ['[::1]:5000', 200],
    ['gold.example.org', 200],
    ['gold.example.org:8443', 200],
    ['only.example.org:9', 200],
    ['only.example.org:10', 403],
    ['evil.example.com', 403],
    ['127.0.0.1.evil.com', 403],
    ['localhost.evil.com', 403],
    ['evil.com#localhost', 403],
    ['localhost@evil.com', 403],
    ['localhost:5000:1', 403],
    ['10.0.0.1', 403],
    ['0.0.0.0:5000', 403],
    ['127.0.0.999', 403],
    ['', 403],
  ])('Host %j gives %i', async (host, expected) => {
    expect(await status({ allowedHosts: ['gold.example.org', 'only.example.org:9'] }, 'GET', { host })).toBe(expected);
  });

  it.each([
    ['http://127.0.0.1:8501', 200],
    ['http://localhost:3000', 200],
    ['https://evil.example.com', 403],
    ['http://localhost@evil.com', 403],
    ['file://', 403],
    ['chrome-extension://abc', 403],
  ])('Origin %j of a reading request gives %i', async (origin, expected) => {
    expect(await status({}, 'GET', { origin })).toBe(expected);
  });
});

describe('guard without a token: state changes', () => {
  const json = { 'content-type': 'application/json; charset=utf-8' };
  const cases: [string, string, Record<string, string>, string | undefined, number][] = [
    ['JSON without Origin', 'POST', json, '{}', 200],
    [
      'our own form',
      'POST',
      { origin: 'http://127.0.0.1:8501', 'content-type': 'application/x-www-form-urlencoded' },
      'a=1',
      200,
    ],
    ['another loopback port', 'POST', { ...json, origin: 'http://127.0.0.1:9999' }, '{}', 403],
    ['another loopback name', 'POST', { ...json, origin: 'http://localhost:8501' }, '{}', 403],
    ['an opaque origin', 'POST', { ...json, origin: 'null' }, '{}', 403],
    ['a foreign origin', 'POST', { ...json, origin: 'https://evil.example.com' }, '{}', 403],
    ['cross-site by the browser', 'POST', { ...json, 'sec-fetch-site': 'cross-site' }, '{}', 403],
    ['same-site by the browser', 'DELETE', { ...json, 'sec-fetch-site': 'same-site' }, undefined, 403],
    ['plain text', 'POST', { 'content-type': 'text/plain' }, '{}', 415],
    ['a form without Origin', 'POST', { 'content-type': 'application/x-www-form-urlencoded' }, 'a=1', 415],
    ['multipart', 'POST', { 'content-type': 'multipart/form-data; boundary=x' }, '--x--', 415],
    ['a body of no type', 'POST', { 'content-length': '2', 'content-type': '' }, '{}', 415],
    ['no body at all', 'POST', {}, undefined, 200],
    ['an upload', 'PUT', {}, 'bytes', 200],
    ['a foreign upload', 'PUT', { origin: 'https://evil.example.com' }, 'bytes', 403],
  ];
  it.each(cases)('%s', async (_, method, headers, body, expected) => {
    expect(await status({}, method, headers, body)).toBe(expected);
  });

  it('never lets a simple content type in, whatever the options say', async () => {
    const options = { allowedContentTypes: ['text/plain', 'application/octet-stream'] };
    expect(await status(options, 'POST', { 'content-type': 'text/plain' }, 'x')).toBe(415);
    expect(await status(options, 'POST', { 'content-type': 'application/octet-stream' }, 'x')).toBe(200);
  });
});

describe('guard with a token', () => {
  const options = { token: 'sécret:with "marks"', publicPaths: ['/thing'] };
  const locked = { token: options.token };
  const basic = (user: string, password: string) =>
    `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
  // Header values are bytes; a client sends UTF-8.
  const bearer = `Bearer ${Buffer.from(options.token, 'utf8').toString('latin1')}`;

  it('asks every request for it, with a challenge', async () => {
    const response = await guarded(locked).request('http://localhost/thing');
    expect(response.status).toBe(401);
    expect(response.headers.get('www-authenticate')).toContain('Basic');
    expect(await status(locked, 'POST', { 'content-type': 'application/json' }, '{}')).toBe(401);
  });

  it('takes it as password or bearer token, and nothing like it', async () => {
    const plain = { token: 'plain-token' };
    expect(await status(plain, 'GET', { authorization: 'Bearer plain-token' })).toBe(200);
    expect(
      await status(plain, 'POST', { authorization: 'bearer plain-token', 'content-type': 'text/plain' }, 'x'),
    ).toBe(200);
    expect(await status(locked, 'GET', { authorization: basic('anyone', options.token) })).toBe(200);
    expect(await status(plain, 'GET', { authorization: basic('', 'plain-token') })).toBe(200);
    for (const authorization of [
      'Bearer plain-toke',
      'Bearer plain-token2',
      'Bearer',
      'plain-token',
      basic('plain-token', ''),
      bearer,
    ]) {
      expect(await status(plain, 'GET', { authorization })).toBe(401);
    }
  });

  it('takes it as a cookie, but changes only from our own pages', async () => {
    const cookie = `other=1; ${tokenCookie}=${encodeURIComponent(options.token)}`;
    expect(await status(locked, 'GET', { cookie })).toBe(200);
    const form = { cookie, 'content-type': 'application/x-www-form-urlencoded' };
    expect(await status(locked, 'POST', { ...form, origin: 'http://127.0.0.1:8501' }, 'a=1')).toBe(200);
    expect(await status(locked, 'POST', { ...form, origin: 'http://127.0.0.1:9999' }, 'a=1')).toBe(403);
    expect(await status(locked, 'POST', form, 'a=1')).toBe(415);
    expect(await status(locked, 'GET', { cookie: `${tokenCookie}=wrong` })).toBe(401);
  });

  it('lets public paths be read without it, and foreign hosts nowhere', async () => {
    expect(await status(options, 'GET', {})).toBe(200);
    expect(await status(options, 'POST', { 'content-type': 'application/json' }, '{}')).toBe(401);
    expect(await status(options, 'GET', { host: 'evil.example.com', authorization: basic('', options.token) })).toBe(
      403,
    );
  });
});
