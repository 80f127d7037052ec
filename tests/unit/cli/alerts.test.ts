import { beforeAll, describe, expect, it } from 'vitest';
import { createProgram } from '../../../src/cli/program.ts';
import { PlatformError } from '../../../src/domain/errors.ts';
import { createTestTerminal } from '../../support/terminal.ts';

async function refusalOf(line: string): Promise<PlatformError> {
  const failure = await createProgram(createTestTerminal())
    .parseAsync(['alerts', ...line.split(' ')], { from: 'user' })
    .then(
      () => expect.fail('it was accepted'),
      (error: unknown) => error,
    );
  expect(failure).toBeInstanceOf(PlatformError);
  return failure as PlatformError;
}

// The first load of all that a command needs takes seconds on a busy machine.
beforeAll(() => import('../../../src/cli/commands/alerts.ts'));

describe('assay alerts', () => {
  it.each([
    ['add price-crosses --to me@example.org', '--level'],
    ['add price-crosses --level -5 --to me@example.org', '--level'],
    ['add change-exceeds --percent 3 --level 5 --to me@example.org', '--level has no place'],
    ['add promotion --to file:///etc/passwd', '--to: an http:// or https:// address'],
    ['add promotion --to ftp://example.org', '--to: an http:// or https:// address'],
    ['add promotion --to https://user:secret@example.org', '--to: an address without user and password'],
    ['add promotion --to nobody@nowhere', '--to: one e-mail address'],
    ['add promotion --to chat', '--to: a chat id'],
    ['add promotion --to 123 --quiet late-early', '--quiet'],
    ['add promotoin --to 123', 'promotoin'],
    ['preview change-exceeds --percent 3 --last 0', 'days'],
  ])('%s is refused before anything is started', async (line, words) => {
    const failure = await refusalOf(line);
    expect(failure.code).toBe('USAGE');
    expect(failure.message).toContain(words);
    expect(failure.message).not.toContain('secret');
  });
});
