import { PlatformError } from '../../domain/errors.ts';

/**
 * A place in an order: the ordered values of the last row shown, as PostgreSQL writes them. Clients take it as a
 * word without meaning.
 */
export type PageMarks = readonly (string | null)[];

export function pageTokenOf(marks: PageMarks): string {
  return Buffer.from(JSON.stringify(marks), 'utf8').toString('base64url');
}

/** Throws INPUT_INVALID for a token that is not of this search's shape. */
export function marksOf(token: string, length: number): PageMarks {
  const marks = parsed(token);
  const isMarks =
    Array.isArray(marks) &&
    marks.length === length &&
    marks.every((mark) => mark === null || (typeof mark === 'string' && !mark.includes('\0')));
  if (!isMarks) throw invalid(token);
  return marks as PageMarks;
}

/** The error for a token whose marks PostgreSQL cannot read. */
export function invalid(token: string): PlatformError {
  return new PlatformError('INPUT_INVALID', `Invalid page token, parsed value=${token.slice(0, 100)}`, {
    hint: 'Use a next_page_token that this search returned, with the same filter and order.',
  });
}

function parsed(token: string): unknown {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString('utf8'));
  } catch (error) {
    throw new PlatformError('INPUT_INVALID', 'Invalid page token, could not base64-decode', { cause: error });
  }
}
