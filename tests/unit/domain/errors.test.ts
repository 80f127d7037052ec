import { describe, expect, test } from 'vitest';
import { AssertionError, assert, type ErrorCode, exitCodeOf, PlatformError } from '../../../src/domain/errors.ts';

describe('a failure of the platform', () => {
  test('carries its code, cause, context and hint', () => {
    const cause = new TypeError('fetch failed');
    const failure = new PlatformError('SOURCE_UNAVAILABLE', 'The Bank does not answer.', {
      cause,
      context: { url: 'http://127.0.0.1:1/' },
      hint: 'Try again later.',
    });
    expect(failure).toMatchObject({
      name: 'PlatformError',
      code: 'SOURCE_UNAVAILABLE',
      message: 'The Bank does not answer.',
      context: { url: 'http://127.0.0.1:1/' },
      hint: 'Try again later.',
    });
    expect(failure.cause).toBe(cause);
  });

  test('says nothing it was not told', () => {
    const failure = new PlatformError('NOT_FOUND', 'No such model.');
    expect(failure.context).toEqual({});
    expect(failure.hint).toBeUndefined();
    expect('cause' in failure).toBe(false);
  });
});

describe('the exit code', () => {
  test.each<[ErrorCode, number]>([
    ['USAGE', 2],
    ['CONFIG_INVALID', 2],
    ['CHECK_FAILED', 3],
    ['SOURCE_UNAVAILABLE', 4],
    ['SOURCE_REJECTED', 4],
    ['GATE_REFUSED', 5],
    ['NOT_READY', 6],
    ['INTERRUPTED', 130],
    ['ENGINE_FAILED', 1],
    ['DISK_FULL', 1],
  ])('of %s is %i', (code, expected) => {
    expect(exitCodeOf(new PlatformError(code, 'x'))).toBe(expected);
  });

  test.each([new Error('x'), 'x', undefined])('of anything else is 1', (thrown) => {
    expect(exitCodeOf(thrown)).toBe(1);
  });
});

describe('an invariant', () => {
  test('that holds is silent', () => {
    expect(() => assert(1 + 1 === 2, 'numbers add up')).not.toThrow();
  });

  test('that does not hold crashes with what was believed', () => {
    expect(() => assert(0, 'zero is true')).toThrow(new AssertionError('zero is true'));
    expect(() => assert(null, 'x')).toThrow('Broken invariant: x');
  });
});
