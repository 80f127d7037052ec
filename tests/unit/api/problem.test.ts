import { expect, it } from 'vitest';
import { problemSchema } from '../../../src/api/contract.ts';
import { problemOf, problemResponse, refuseParameter } from '../../../src/api/problem.ts';
import { PlatformError } from '../../../src/domain/errors.ts';

it('says nothing of the inside of a bug', () => {
  const problem = problemOf(new TypeError('password=hunter2 is not a function'));
  expect(problem).toMatchObject({ status: 500, code: 'INTERNAL' });
  expect(JSON.stringify(problem)).not.toContain('hunter2');
});

it('gives an operational failure its own status, sentence and hint', () => {
  const problem = problemOf(new PlatformError('DISK_FULL', 'The disk is full.', { hint: 'Free some space.' }));
  expect(problem).toMatchObject({ status: 507, code: 'DISK_FULL', detail: 'The disk is full. Free some space.' });
});

it('shows only what is meant to be shown of the context', () => {
  const error = new PlatformError('STORE_UNAVAILABLE', 'Away.', { context: { url: 'postgres://user:secret@host' } });
  expect(JSON.stringify(problemOf(error))).not.toContain('secret');
});

it('cuts a huge value short', async () => {
  const response = problemResponse(problemOf(refuseParameter('limit', '9'.repeat(5000), '1..10')));
  const problem = problemSchema.parse(await response.json());
  expect(response.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(problem.value?.length).toBeLessThan(110);
  expect(problem.detail.length).toBeLessThan(250);
});
