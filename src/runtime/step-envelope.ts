import { type ErrorCode, PlatformError } from '../domain/errors.ts';
import { namingDiskFull } from './disk-full.ts';

/** The result of a step or a run as it is stored: a value, or a failure with everything a person needs. */
export type StepEnvelope<Result> =
  | { readonly ok: true; readonly value: Result }
  | { readonly ok: false; readonly error: SealedError };

export type FlowOutcome = StepEnvelope<Readonly<Record<string, unknown>>>;

export interface SealedError {
  /** null for a bug: an error that is not a PlatformError. */
  readonly code: ErrorCode | null;
  readonly message: string;
  readonly hint: string | null;
  readonly context: Readonly<Record<string, unknown>>;
}

export function sealError(thrown: unknown): { readonly ok: false; readonly error: SealedError } {
  const error = namingDiskFull(thrown);
  if (error instanceof PlatformError) {
    const { code, message, hint, context } = error;
    return { ok: false, error: { code, message, hint: hint ?? null, context } };
  }
  const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { ok: false, error: { code: null, message, hint: null, context: {} } };
}

/** The value, or the failure thrown again as the PlatformError it was. */
export function openEnvelope<Result>(envelope: StepEnvelope<Result>): Result {
  if (envelope.ok) return envelope.value;
  const { code, message, hint, context } = envelope.error;
  throw new PlatformError(code ?? 'ENGINE_FAILED', message, { context, ...(hint === null ? {} : { hint }) });
}
