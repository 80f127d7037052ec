import { PlatformError } from '../../domain/errors.ts';

/** Where a lake in an object store is. Credentials are never part of it. */
export interface S3Address {
  readonly bucket: string;
  /** Empty, or ending in a slash. */
  readonly prefix: string;
  /** Null: Amazon's own, or what AWS_ENDPOINT_URL_S3 names. */
  readonly endpoint: string | null;
  /** Null: what AWS_REGION or the profile names; us-east-1 where neither does. */
  readonly region: string | null;
  /** `path`: the bucket stands in the path, as most servers of one's own want it; `virtual`: in the host name. */
  readonly style: 'path' | 'virtual';
}

const known = ['endpoint', 'region', 'style'];

/**
 * Reads `s3://bucket/prefix?endpoint=http://host:9000&region=…&style=path|virtual`. Path style is the default where an
 * endpoint is named. Throws CONFIG_INVALID with what is wrong.
 */
export function readS3Address(address: string): S3Address {
  const url = URL.canParse(address) ? new URL(address) : null;
  if (url === null || !address.startsWith('s3://')) throw unfit(address, 'it is not of the form s3://bucket/prefix');
  if (url.username !== '' || url.password !== '') throw unfit(`s3://${url.host}`, 'credentials do not belong there');
  if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(url.host)) throw unfit(address, `"${url.host}" is no bucket's name`);
  const strange = [...url.searchParams.keys()].find((name) => !known.includes(name));
  if (strange !== undefined) throw unfit(address, `"${strange}" is unknown; known are ${known.join(', ')}`);
  const endpoint = url.searchParams.get('endpoint');
  if (endpoint !== null && !/^https?:\/\/[^/?#]+\/?$/.test(endpoint)) {
    throw unfit(address, `the endpoint "${endpoint}" is no http(s) address of a server`);
  }
  const style = url.searchParams.get('style') ?? (endpoint === null ? 'virtual' : 'path');
  if (style !== 'path' && style !== 'virtual') throw unfit(address, `style is path or virtual, not "${style}"`);
  const prefix = url.pathname.replace(/^\/+|\/+$/g, '');
  if (prefix !== '' && !/^[A-Za-z0-9][A-Za-z0-9._=+@/-]*$/.test(prefix)) throw unfit(address, 'the prefix is unfit');
  return {
    bucket: url.host,
    prefix: prefix === '' ? '' : `${prefix}/`,
    endpoint,
    region: url.searchParams.get('region'),
    style,
  };
}

function unfit(address: string, why: string): PlatformError {
  return new PlatformError('CONFIG_INVALID', `LAKE_URL ${address}: ${why}.`, {
    context: { setting: 'LAKE_URL' },
    hint: 'Such as s3://assay/lake?endpoint=http://127.0.0.1:9000, with AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY set.',
  });
}
