import { randomUUID } from 'node:crypto';
import type * as Sdk from '@aws-sdk/client-s3';
import { PlatformError } from '../../domain/errors.ts';
import { instant } from '../../domain/moscow-time.ts';
import type { Lake, LakeEntry } from '../../ports/lake.ts';
import { keySegments, prefixParts, refuseImmutable } from './lake-key.ts';
import { readS3Address, type S3Address } from './s3-address.ts';
import { faultOf, s3Failure } from './s3-failure.ts';

/** A lake in a bucket, and a look at whether it can be used. */
export interface S3Lake extends Lake {
  /** Throws STORE_UNAVAILABLE, with the setting to change, where the bucket cannot be reached, listed or is missing. */
  probe(): Promise<void>;
  /** The same, and whether objects can be put, refused a taken key, and removed: what the lake's promises rest on. */
  refuseUnfit(): Promise<void>;
}

interface Store {
  readonly sdk: typeof Sdk;
  readonly client: Sdk.S3Client;
  readonly address: S3Address;
}

/** Larger objects are sent in parts of this size, each tried again by itself. */
const partBytes = 8 * 1024 * 1024;
const attempts = 4;
const [connectTimeoutMs, requestTimeoutMs] = [3_000, 60_000];

/**
 * A lake in an S3 bucket. The store shows an object whole or not at all and keeps what it acknowledged; a taken key is
 * refused by the store itself (`If-None-Match: *`), so that of many writers on many machines one wins. Bytes are checked
 * by checksums both ways; faults of the network and of the store are tried again with backoff by the SDK.
 */
export function createS3Lake(lakeUrl: string): S3Lake {
  const address = readS3Address(lakeUrl);
  let opened: Promise<Store> | null = null;
  const store = () => {
    opened ??= openStore(address);
    return opened;
  };
  const fullKey = (key: string) => address.prefix + keySegments(key).join('/');

  return {
    async putIfAbsent(key, bytes) {
      const target = fullKey(key);
      return putIfAbsent(await store(), target, bytes);
    },
    async replace(key, bytes) {
      const target = fullKey(key);
      refuseImmutable(key);
      await put(await store(), target, bytes, {});
    },
    async get(key) {
      const target = fullKey(key);
      return getObject(await store(), target);
    },
    async *list(prefix) {
      prefixParts(prefix);
      yield* listObjects(await store(), prefix);
    },
    async remove(key) {
      const target = fullKey(key);
      refuseImmutable(key);
      const { sdk, client } = await store();
      const command = new sdk.DeleteObjectCommand({ Bucket: address.bucket, Key: target });
      await client.send(command).catch((error: unknown) => {
        throw s3Failure(error, `remove ${target}`, address.bucket);
      });
    },
    probe: async () => probe(await store(), lakeUrl),
    async refuseUnfit() {
      await probe(await store(), lakeUrl);
      await refuseOverwriting(await store());
    },
  };
}

async function openStore(address: S3Address): Promise<Store> {
  const sdk = await import('@aws-sdk/client-s3').catch((cause: unknown) => {
    throw new PlatformError('CONFIG_INVALID', 'LAKE_URL names an S3 store, but @aws-sdk/client-s3 is not installed.', {
      cause,
      hint: 'Install it: npm install --include=optional',
    });
  });
  const client = new sdk.S3Client({
    ...(address.endpoint === null ? {} : { endpoint: address.endpoint }),
    // The SDK asks the environment and the profile for what is not given.
    ...(address.region === null
      ? address.endpoint === null
        ? {}
        : { region: 'us-east-1' }
      : { region: address.region }),
    forcePathStyle: address.style === 'path',
    maxAttempts: attempts,
    requestHandler: {
      connectionTimeout: connectTimeoutMs,
      requestTimeout: requestTimeoutMs,
      throwOnRequestTimeout: true,
    },
  });
  return { sdk, client, address };
}

async function probe({ sdk, client, address }: Store, lakeUrl: string): Promise<void> {
  const command = new sdk.ListObjectsV2Command({ Bucket: address.bucket, Prefix: address.prefix, MaxKeys: 1 });
  await client.send(command).catch((error: unknown) => {
    throw s3Failure(error, `look into ${lakeUrl}`, address.bucket);
  });
}

/** A store of before 2024 ignores the condition and would overwrite what is there. */
async function refuseOverwriting(store: Store): Promise<void> {
  const { sdk, client, address } = store;
  const key = `${address.prefix}probe/${randomUUID()}`;
  const bytes = Buffer.from('assay');
  await put(store, key, bytes, { IfNoneMatch: '*' });
  const isRefused = await put(store, key, bytes, { IfNoneMatch: '*' }).then(
    () => false,
    (error: unknown) => faultOf(error instanceof PlatformError ? error.cause : error).status === 412,
  );
  await client.send(new sdk.DeleteObjectCommand({ Bucket: address.bucket, Key: key })).catch((error: unknown) => {
    throw s3Failure(error, `remove ${key}`, address.bucket);
  });
  if (isRefused) return;
  throw new PlatformError('STORE_UNAVAILABLE', 'The S3 store overwrites a key although asked not to: it is too old.', {
    context: { bucket: address.bucket },
    hint: 'Name a store in LAKE_URL that knows conditional writes (If-None-Match), such as MinIO since 2024.',
  });
}

async function putIfAbsent(store: Store, key: string, bytes: Uint8Array): Promise<'created' | 'exists'> {
  for (let round = 1; ; round += 1) {
    try {
      await put(store, key, bytes, { IfNoneMatch: '*' });
      return 'created';
    } catch (error) {
      const { status, attempts: tries } = faultOf(error instanceof PlatformError ? error.cause : error);
      // Two writers at the same instant: S3 asks both to come again.
      if (status === 409 && round < attempts) continue;
      if (status !== 412) throw error;
      // Taken; perhaps by this very call, whose first answer was lost on the way.
      if (tries === 1 && round === 1) return 'exists';
      const there = await getObject(store, key);
      return there !== null && Buffer.compare(there, bytes) === 0 ? 'created' : 'exists';
    }
  }
}

interface Condition {
  readonly IfNoneMatch?: '*';
}

async function put(store: Store, key: string, bytes: Content, condition: Condition): Promise<void> {
  const { sdk, client, address } = store;
  const parts = inParts(bytes);
  try {
    const first = await parts.next();
    const second = first.done ? first : await parts.next();
    const Body = first.done ? new Uint8Array() : first.value;
    if (!second.done) return await putInParts(store, key, joined(Body, second.value, parts), condition);
    await client.send(new sdk.PutObjectCommand({ Bucket: address.bucket, Key: key, Body, ...condition }));
  } catch (error) {
    throw s3Failure(error, `put ${key}`, address.bucket);
  }
}

/** Nothing is seen of an upload in parts until its last call; a failed one is taken back. */
async function putInParts(store: Store, key: string, content: AsyncIterable<Uint8Array>, condition: Condition) {
  const { sdk, client, address } = store;
  const target = { Bucket: address.bucket, Key: key };
  const { UploadId } = await client.send(new sdk.CreateMultipartUploadCommand(target));
  if (UploadId === undefined) throw new PlatformError('STORE_UNAVAILABLE', `The store began no upload of ${key}.`);
  const upload = { ...target, UploadId };
  try {
    const parts: { PartNumber: number; ETag?: string }[] = [];
    for await (const Body of content) {
      const PartNumber = parts.length + 1;
      const { ETag } = await client.send(new sdk.UploadPartCommand({ ...upload, PartNumber, Body }));
      parts.push(ETag === undefined ? { PartNumber } : { PartNumber, ETag });
    }
    const MultipartUpload = { Parts: parts };
    await client.send(new sdk.CompleteMultipartUploadCommand({ ...upload, MultipartUpload, ...condition }));
  } catch (error) {
    // Best effort: what failed is what the caller has to know; the store's own rules sweep what is left.
    await client.send(new sdk.AbortMultipartUploadCommand(upload)).catch(() => null);
    throw error;
  }
}

type Content = Uint8Array | AsyncIterable<Uint8Array>;

/** The bytes in blocks of `partBytes`, the last one shorter; none when there are no bytes. */
async function* inParts(bytes: Content): AsyncGenerator<Uint8Array, undefined> {
  if (bytes instanceof Uint8Array) {
    for (let start = 0; start < bytes.length; start += partBytes) yield bytes.subarray(start, start + partBytes);
    return;
  }
  let held: Uint8Array[] = [];
  let length = 0;
  for await (const piece of bytes) {
    for (let start = 0; start < piece.length; ) {
      const taken = piece.subarray(start, start + partBytes - length);
      held.push(taken);
      length += taken.length;
      start += taken.length;
      if (length < partBytes) continue;
      yield Buffer.concat(held);
      [held, length] = [[], 0];
    }
  }
  if (length > 0) yield Buffer.concat(held);
}

async function* joined(first: Uint8Array, second: Uint8Array, rest: AsyncIterable<Uint8Array>) {
  yield first;
  yield second;
  yield* rest;
}

async function getObject({ sdk, client, address }: Store, key: string): Promise<Uint8Array | null> {
  try {
    const { Body } = await client.send(new sdk.GetObjectCommand({ Bucket: address.bucket, Key: key }));
    return Body === undefined ? new Uint8Array() : await Body.transformToByteArray();
  } catch (error) {
    if (faultOf(error).name === 'NoSuchKey') return null;
    throw s3Failure(error, `get ${key}`, address.bucket);
  }
}

async function* listObjects({ sdk, client, address }: Store, prefix: string): AsyncIterable<LakeEntry> {
  const request = { Bucket: address.bucket, Prefix: address.prefix + prefix };
  let token: string | undefined;
  do {
    const command = new sdk.ListObjectsV2Command(
      token === undefined ? request : { ...request, ContinuationToken: token },
    );
    const page = await client.send(command).catch((error: unknown) => {
      throw s3Failure(error, `list ${request.Prefix}`, address.bucket);
    });
    for (const { Key = '', Size = 0, LastModified } of page.Contents ?? []) {
      // Some stores show folders as keys with a slash at the end: those are no objects of ours.
      if (Key.endsWith('/')) continue;
      yield {
        key: Key.slice(address.prefix.length),
        bytes: Size,
        modifiedAt: instant((LastModified ?? new Date(0)).getTime()),
      };
    }
    token = page.NextContinuationToken;
  } while (token !== undefined);
}
