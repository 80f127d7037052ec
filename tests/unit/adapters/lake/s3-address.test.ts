import { describe, expect, it } from 'vitest';
import { readS3Address } from '../../../../src/adapters/lake/s3-address.ts';

describe('the address of a bucket', () => {
  it('names bucket, prefix, server, region and style', () => {
    expect(readS3Address('s3://assay/lake/one/?endpoint=http://127.0.0.1:9000')).toEqual({
      bucket: 'assay',
      prefix: 'lake/one/',
      endpoint: 'http://127.0.0.1:9000',
      region: null,
      style: 'path',
    });
    expect(readS3Address('s3://assay?region=eu-central-1')).toEqual({
      bucket: 'assay',
      prefix: '',
      endpoint: null,
      region: 'eu-central-1',
      style: 'virtual',
    });
  });

  it.each([
    ['s3:assay', 'of the form'],
    ['s3://', 'no bucket'],
    ['s3://UPPER_case', 'no bucket'],
    ['s3://key:secret@assay', 'credentials do not belong'],
    ['s3://assay?endpiont=http://a', '"endpiont" is unknown'],
    ['s3://assay?endpoint=ftp://a', 'no http'],
    ['s3://assay?style=dns', 'path or virtual'],
    ['s3://assay/a b', 'prefix'],
  ])('refuses %s', (address, why) => {
    expect(() => readS3Address(address)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringContaining(why) }),
    );
  });

  it('never repeats a secret', () => {
    expect(() => readS3Address('s3://key:secret@assay')).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('secret@') }),
    );
  });
});
