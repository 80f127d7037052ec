/** What went wrong, as a closed list: the edges turn each code into one exit code and one HTTP status. */
export type ErrorCode =
  | 'CONFIG_INVALID'
  | 'USAGE'
  | 'INPUT_INVALID'
  | 'NOT_FOUND'
  | 'NOT_READY'
  | 'ALREADY_RUNNING'
  | 'PORT_TAKEN'
  | 'ENGINE_FAILED'
  | 'STORE_UNAVAILABLE'
  | 'DISK_FULL'
  | 'SOURCE_UNAVAILABLE'
  | 'SOURCE_REJECTED'
  | 'CHECK_FAILED'
  | 'GATE_REFUSED'
  | 'DELIVERY_FAILED'
  | 'ARTEFACT_CORRUPT'
  | 'FORBIDDEN'
  | 'CONFLICT'
  | 'TIMEOUT'
  | 'INTERRUPTED';

export interface ErrorDetails {
  readonly cause?: unknown;
  /** The input or state that led here: shown to people, so never a secret. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** What to do next, as one sentence. */
  readonly hint?: string;
}

/** An operational failure: expected in a world with networks and disks, reported to a person, never a bug of ours. */
export class PlatformError extends Error {
  readonly code: ErrorCode;
  readonly context: Readonly<Record<string, unknown>>;
  readonly hint: string | undefined;

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.name = 'PlatformError';
    this.code = code;
    this.context = details.context ?? {};
    this.hint = details.hint;
  }
}

/** Exit codes of the command line (0 ok, 2 usage, 3 check failed, 4 source unavailable, 5 gate refused, 6 not ready, 130 interrupted). */
export function exitCodeOf(error: unknown): number {
  if (!(error instanceof PlatformError)) return 1;
  switch (error.code) {
    case 'USAGE':
    case 'CONFIG_INVALID':
      return 2;
    case 'CHECK_FAILED':
      return 3;
    case 'SOURCE_UNAVAILABLE':
    case 'SOURCE_REJECTED':
      return 4;
    case 'GATE_REFUSED':
      return 5;
    case 'NOT_READY':
      return 6;
    case 'INTERRUPTED':
      return 130;
    default:
      return 1;
  }
}

/** A broken invariant is a bug: crash with the sentence that was believed. */
export function assert(condition: unknown, belief: string): asserts condition {
  if (!condition) throw new AssertionError(belief);
}

export class AssertionError extends Error {
  constructor(belief: string) {
    super(`Broken invariant: ${belief}`);
    this.name = 'AssertionError';
  }
}
