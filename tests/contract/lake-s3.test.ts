import { randomBytes } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { createS3Lake } from '../../src/adapters/lake/s3.ts';
import { noS3Server, type S3Server, s3Credentials, startS3Server } from '../support/s3-server.ts';
import { lakeContract } from './lake.contract.ts';

const describeS3 = noS3Server === null ? describe : describe.skip;

describeS3(`a lake in a bucket${noS3Server === null ? '' : ` (skipped: ${noS3Server})`}`, () => {
  let server: S3Server;
  let buckets = 0;
  const freshBucket = async () => {
    buckets += 1;
    await server.bucket(`lake-${buckets}`);
    return `s3://lake-${buckets}/some/prefix?endpoint=${server.endpoint}`;
  };
  beforeAll(async () => {
    for (const [name, value] of Object.entries(s3Credentials)) vi.stubEnv(name, value);
    server = await startS3Server();
  });
  afterAll(async () => {
    vi.unstubAllEnvs();
    await server?.stop();
  });

  lakeContract('s3', async () => {
    const url = await freshBucket();
    return { open: () => createS3Lake(url), clear: async () => {} };
  });

  it('sends large objects in parts, and gives them back to the byte', async () => {
    const lake = createS3Lake(await freshBucket());
    const bytes = randomBytes(17 * 1024 * 1024);
    expect(await lake.putIfAbsent('raw/large', bytes)).toBe('created');
    expect(await lake.putIfAbsent('raw/large', randomBytes(17 * 1024 * 1024))).toBe('exists');
    expect(Buffer.compare((await lake.get('raw/large')) ?? new Uint8Array(), bytes)).toBe(0);
  });

  it('lists more keys than one page holds, in order', async () => {
    const lake = createS3Lake(await freshBucket());
    const keys = Array.from({ length: 1_003 }, (_, index) => `raw/cbr/${String(index).padStart(5, '0')}`);
    for (let start = 0; start < keys.length; start += 50) {
      await Promise.all(keys.slice(start, start + 50).map((key) => lake.putIfAbsent(key, Buffer.from(key))));
    }
    const listed: string[] = [];
    for await (const { key } of lake.list('raw/cbr/')) listed.push(key);
    expect(listed).toEqual(keys);
  });

  it('keeps lakes of one bucket under different prefixes apart', async () => {
    const url = await freshBucket();
    await createS3Lake(url).putIfAbsent('raw/a', Buffer.from('a'));
    expect(await createS3Lake(url.replace('some/prefix', 'another')).get('raw/a')).toBeNull();
  });

  it('gets over a store that dies and comes back: nothing torn, nothing lost, no key taken by half', async () => {
    const lake = createS3Lake(await freshBucket());
    const objects = Array.from({ length: 6 }, (_, index) => [`raw/o${index}`, randomBytes(300_000)] as const);
    await lake.putIfAbsent(...objects[0]!);
    await server.kill();
    const back = server.start();
    // Whatever fails here is tried again by the flow's own step; what was acknowledged must be there.
    for (const [key, bytes] of objects) {
      for (let tries = 0; tries < 20; tries += 1) {
        const outcome = await lake.putIfAbsent(key, bytes).catch(() => null);
        if (outcome !== null) break;
      }
    }
    await back;
    for (const [key, bytes] of objects) {
      expect(Buffer.compare((await lake.get(key)) ?? new Uint8Array(), bytes)).toBe(0);
    }
  });

  it.each([
    [
      'a bucket that is not there',
      (s: S3Server) => `s3://nowhere?endpoint=${s.endpoint}`,
      /no bucket nowhere/,
      /LAKE_URL/,
    ],
    ['a store that does not answer', () => 's3://lake?endpoint=http://127.0.0.1:9', /did not answer/, /endpoint/],
  ])('says what to change for %s', async (_, url, message, hint) => {
    await expect(createS3Lake(url(server)).probe()).rejects.toMatchObject({
      code: 'STORE_UNAVAILABLE',
      message: expect.stringMatching(message),
      hint: expect.stringMatching(hint),
    });
  });

  it('says that the credentials are wrong', async () => {
    const url = await freshBucket();
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'another');
    const probing = createS3Lake(url).probe();
    await expect(probing).rejects.toMatchObject({ message: expect.stringMatching(/credentials/) });
    vi.stubEnv('AWS_SECRET_ACCESS_KEY', s3Credentials.AWS_SECRET_ACCESS_KEY);
  });
});
