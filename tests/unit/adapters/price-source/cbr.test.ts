import { createGzip, gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { type CbrOptions, createCbrSource } from '../../../../src/adapters/price-source/cbr.ts';
import { encodeWindows1251, metalFragment, metalsAnswer } from '../../../../src/domain/bank-answer.ts';
import { PlatformError } from '../../../../src/domain/errors.ts';
import { isoDate } from '../../../../src/domain/iso-date.ts';
import { frozenClock } from '../../../support/frozen-clock.ts';
import { startTextServer, type TextServer } from '../../../support/text-server.ts';

const range = { from: isoDate('2031-02-01'), to: isoDate('2031-02-08') };
const fragment = metalFragment({ date: isoDate('2031-02-04'), code: '1', buy: '7001.5', sell: '7001.5' });
const body = encodeWindows1251(metalsAnswer(range, [fragment]));
const challenge = '<!DOCTYPE html><html><head><title>DDOS-GUARD</title></head></html>';
const xml = { 'Content-Type': 'application/xml; charset=windows-1251' };
const never = new AbortController().signal;

let server: TextServer | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

async function serve(...[answer]: Parameters<typeof startTextServer>): Promise<TextServer> {
  server = await startTextServer(answer);
  return server;
}

/** A source whose pauses are recorded instead of waited for. */
function patientSource(baseUrl: string, options: Partial<CbrOptions> = {}) {
  const clock = frozenClock();
  const pauses: number[] = [];
  const sleep = async (ms: number) => {
    pauses.push(ms);
    clock.advance(ms);
  };
  return { pauses, source: createCbrSource({ baseUrl, clock, sleep, random: () => 0.5, ...options }) };
}

describe('createCbrSource', () => {
  it('asks for a range of each series at the addresses of the Bank, and says who asks', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(200, xml).end(body));
    const { source } = patientSource(`${url}/`);
    const answer = await source.fetch('metals', range, never);
    await source.fetch('usd', range, never);
    expect(requests.map((request) => request.url)).toEqual([
      '/scripts/xml_metall.asp?date_req1=01/02/2031&date_req2=08/02/2031',
      '/scripts/XML_dynamic.asp?date_req1=01/02/2031&date_req2=08/02/2031&VAL_NM_RQ=R01235',
    ]);
    expect(requests[0]?.headers['user-agent']).toMatch(/^assay\/\d+\.\d+\.\d+/);
    expect(Buffer.from(answer.bytes).equals(Buffer.from(body))).toBe(true);
    expect(source.parse('metals', range, answer)).toMatchObject({ ok: true });
  });

  it('repeats after 5xx, 429 and a challenge page, and brings back the cookies it was given', async () => {
    const { url, requests } = await serve((_, response, number) => {
      response.setHeader('Set-Cookie', [`__ddg1_=v${number}; Path=/; HttpOnly`, `gone=1; Max-Age=0`]);
      if (number === 1) response.writeHead(503).end();
      else if (number === 2) response.writeHead(429, { 'Retry-After': '7' }).end();
      else if (number === 3) response.writeHead(200, { 'Content-Type': 'text/html' }).end(challenge);
      else response.writeHead(200, xml).end(body);
    });
    const { source, pauses } = patientSource(url);
    const answer = await source.fetch('metals', range, never);
    expect(answer.status).toBe(200);
    expect(requests.map((request) => request.headers.cookie)).toEqual([
      undefined,
      '__ddg1_=v1',
      '__ddg1_=v2',
      '__ddg1_=v3',
    ]);
    expect(pauses).toEqual([1000, 7000, 4000]);
    expect(answer.headers['set-cookie']).toBe('__ddg1_, gone');
  });

  it('returns what is still odd at the last attempt for parse to judge', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(503).end('later'));
    const { source } = patientSource(url);
    const answer = await source.fetch('metals', range, never);
    expect(requests).toHaveLength(4);
    expect(source.parse('metals', range, answer)).toMatchObject({ ok: false, kind: 'status' });
  });

  it('does not repeat what will not pass by itself', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(404).end());
    await patientSource(url).source.fetch('metals', range, never);
    expect(requests).toHaveLength(1);
  });

  it('says which address, why and what to do when no connection can be had', async () => {
    const { url, stop } = await serve((_, response) => response.end());
    await stop();
    const failure = await patientSource(url)
      .source.fetch('metals', range, never)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'SOURCE_UNAVAILABLE' });
    expect((failure as PlatformError).message).toContain(url);
    expect((failure as PlatformError).message).toContain('ECONNREFUSED');
    expect((failure as PlatformError).message).toContain('4 attempts');
    expect((failure as PlatformError).hint).toContain('ASSAY_CBR_URL');
  });

  it('takes a connection that breaks off for no answer', async () => {
    const { url } = await serve((_, response, number) => {
      response.writeHead(200, { ...xml, 'Content-Length': body.length });
      if (number === 1) response.write(body.subarray(0, 100), () => response.socket?.resetAndDestroy());
      else response.end(body);
    });
    const answer = await patientSource(url).source.fetch('metals', range, never);
    expect(answer.bytes.length).toBe(body.length);
  });

  it('cuts a gzip bomb off at the byte limit', async () => {
    let sent = 0;
    const { url } = await serve((_, response) => {
      response.writeHead(200, { ...xml, 'Content-Encoding': 'gzip' });
      const bomb = createGzip({ level: 1 });
      bomb.on('data', (chunk: Buffer) => {
        sent += chunk.length;
      });
      bomb.pipe(response);
      const block = Buffer.alloc(1 << 20, ' ');
      const pump = (): void => {
        if (response.destroyed) return;
        if (bomb.write(block)) setImmediate(pump);
        else bomb.once('drain', pump);
      };
      pump();
    });
    const { source } = patientSource(url);
    const answer = await source.fetch('metals', range, never);
    expect(answer.bytes.length).toBe(16 * 1024 * 1024 + 1);
    expect(source.parse('metals', range, answer)).toMatchObject({ ok: false, kind: 'too-large' });
    expect(sent).toBeLessThan(4 * 1024 * 1024);
  });

  it('accepts a compressed answer under the limit', async () => {
    const { url } = await serve((_, response) =>
      response.writeHead(200, { ...xml, 'Content-Encoding': 'gzip' }).end(gzipSync(body)),
    );
    const { source } = patientSource(url);
    expect(source.parse('metals', range, await source.fetch('metals', range, never))).toMatchObject({ ok: true });
  });

  it('gives up on silence and on a drip', async () => {
    const { url } = await serve((request, response) => {
      response.writeHead(200, { ...xml, 'Content-Length': body.length });
      if (request.url?.includes('xml_metall')) return response.flushHeaders();
      const timer = setInterval(() => response.write('x'), 10);
      return response.on('close', () => clearInterval(timer));
    });
    // The limit that is not meant is far away, so that a busy machine does not reach it first.
    const silent = patientSource(url, { limits: { idleMs: 60, attemptMs: 60_000, attempts: 1 } }).source;
    await expect(silent.fetch('metals', range, never)).rejects.toThrow('nothing arrived for 60 ms');
    const dripping = patientSource(url, { limits: { idleMs: 60_000, attemptMs: 150, attempts: 1 } }).source;
    await expect(dripping.fetch('usd', range, never)).rejects.toThrow('no whole answer within 150 ms');
  });

  it('follows a redirect on the same host and no other', async () => {
    const { url, requests } = await serve((request, response) => {
      if (request.url?.startsWith('/scripts/xml_metall')) response.writeHead(301, { Location: '/moved' }).end();
      else if (request.url === '/moved') response.writeHead(200, xml).end(body);
      else response.writeHead(302, { Location: 'http://localhost:9/elsewhere' }).end();
    });
    const { source } = patientSource(url);
    expect((await source.fetch('metals', range, never)).url).toBe(`${url}/moved`);
    const answer = await source.fetch('usd', range, never);
    expect(requests).toHaveLength(3);
    expect(source.parse('usd', range, answer)).toMatchObject({ ok: false, kind: 'status' });
  });

  it('ends a ring of redirects', async () => {
    const { url, requests } = await serve((_, response) => response.writeHead(302, { Location: '/again' }).end());
    const answer = await patientSource(url).source.fetch('metals', range, never);
    expect(answer.status).toBe(302);
    expect(requests).toHaveLength(4);
  });

  it('starts at most five requests in any second', async () => {
    const starts: number[] = [];
    const { url } = await serve((_, response) => response.writeHead(200, xml).end(body));
    const clock = frozenClock();
    const counting: typeof fetch = (input, init) => {
      starts.push(Date.parse(clock.now()));
      return fetch(input, init);
    };
    const sleep = async (ms: number) => clock.advance(ms);
    const source = createCbrSource({ baseUrl: url, clock, sleep, fetch: counting });
    for (let count = 0; count < 12; count += 1) await source.fetch('metals', range, never);
    starts.forEach((start, index) => {
      const sixth = starts[index + 5];
      if (sixth !== undefined) expect(sixth - start).toBeGreaterThanOrEqual(1000);
    });
    expect(starts).toHaveLength(12);
  });

  it('stops at once when it is told to', async () => {
    const stopping = new AbortController();
    const { url } = await serve(() => stopping.abort());
    const failure = patientSource(url).source.fetch('metals', range, stopping.signal);
    await expect(failure).rejects.toMatchObject({ code: 'INTERRUPTED' });
    const reason = new PlatformError('TIMEOUT', 'The step took too long.');
    await expect(patientSource(url).source.fetch('metals', range, AbortSignal.abort(reason))).rejects.toBe(reason);
  });

  it('stops within a pause, too', async () => {
    const { url } = await serve((_, response) => response.writeHead(503).end());
    const stopping = new AbortController();
    const source = createCbrSource({ baseUrl: url, clock: frozenClock(), random: () => 0.9 });
    const answer = source.fetch('metals', range, stopping.signal);
    setTimeout(() => stopping.abort(), 50);
    await expect(answer).rejects.toMatchObject({ code: 'INTERRUPTED' });
  });
});
