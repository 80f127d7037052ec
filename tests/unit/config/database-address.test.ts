import { describe, expect, it } from 'vitest';
import { databaseAddress } from '../../../src/config/database-address.ts';

describe('the address of a database', () => {
  it.each([
    ['postgres://a:b@db/x', 'postgres://a:b@db/x'],
    ['postgres://a:b@db/x?application_name=y', 'postgres://a:b@db/x?application_name=y'],
    ['postgres://a:b@db/x?sslmode=require', 'postgres://a:b@db/x?sslmode=require&uselibpqcompat=true'],
    [
      'postgres://a:b@db/x?sslmode=require&uselibpqcompat=false',
      'postgres://a:b@db/x?sslmode=require&uselibpqcompat=false',
    ],
    [
      'postgres://a:b@db/x?sslmode=verify-full&sslrootcert=%2Fca.crt',
      'postgres://a:b@db/x?sslmode=verify-full&sslrootcert=%2Fca.crt&uselibpqcompat=true',
    ],
  ])('%s: sslmode as PostgreSQL reads it', (given, read) => {
    expect(databaseAddress(given)).toBe(read);
  });
});
