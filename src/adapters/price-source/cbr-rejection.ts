import type { RejectionKind } from '../../ports/price-source.ts';

/** Ends the reading of an answer: caught in `parseCbrAnswer` alone and turned into its result. */
export class Rejection extends Error {
  readonly kind: RejectionKind;

  constructor(kind: RejectionKind, reason: string) {
    super(reason);
    this.name = 'Rejection';
    this.kind = kind;
  }
}

/** Text of unknown origin, short and on one line, for a sentence that a person will read. */
export function excerpt(text: string, length = 60): string {
  const line = text.replace(/[\s\p{Cc}]+/gu, ' ').trim();
  return line.length > length ? `"${line.slice(0, length)}..."` : `"${line}"`;
}
