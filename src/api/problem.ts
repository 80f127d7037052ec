import { type ErrorCode, PlatformError } from '../domain/errors.ts';
import type { Problem } from './contract.ts';

/** The one place where an error becomes an HTTP answer; an unknown error is a bug of ours and tells nothing of its inside. */
export function problemOf(error: unknown): Problem {
  if (error instanceof PlatformError) {
    const { status, title } = answers[error.code];
    return { type: 'about:blank', title, status, detail: sentence(error), code: error.code, ...parameterOf(error) };
  }
  return {
    type: 'about:blank',
    title: 'Internal error',
    status: 500,
    detail: 'The server failed while answering. The cause is in its log.',
    code: 'INTERNAL',
  };
}

/** A Problem as an HTTP answer. */
export function problemResponse(problem: Problem): Response {
  return new Response(`${JSON.stringify(problem)}\n`, {
    status: problem.status,
    headers: {
      'content-type': 'application/problem+json; charset=utf-8',
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
}

/** A refused parameter, named with its value and what is allowed. */
export function refuseParameter(parameter: string, value: string, allowed: string): PlatformError {
  const shown = value.length > 100 ? `${value.slice(0, 100)}…` : value;
  return new PlatformError('INPUT_INVALID', `${parameter}=${JSON.stringify(shown)} is not allowed: ${allowed}.`, {
    context: { parameter, value: shown, allowed },
  });
}

const answers: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  CONFIG_INVALID: { status: 500, title: 'Wrong configuration' },
  USAGE: { status: 400, title: 'Wrong request' },
  INPUT_INVALID: { status: 400, title: 'Wrong input' },
  NOT_FOUND: { status: 404, title: 'Not found' },
  ALREADY_RUNNING: { status: 409, title: 'Already running' },
  PORT_TAKEN: { status: 500, title: 'Port taken' },
  ENGINE_FAILED: { status: 503, title: 'Engine failed' },
  STORE_UNAVAILABLE: { status: 503, title: 'Store unavailable' },
  DISK_FULL: { status: 507, title: 'Disk full' },
  SOURCE_UNAVAILABLE: { status: 503, title: 'Source unavailable' },
  SOURCE_REJECTED: { status: 502, title: 'Source answer refused' },
  CHECK_FAILED: { status: 409, title: 'Check failed' },
  GATE_REFUSED: { status: 409, title: 'Refused by the promotion gate' },
  DELIVERY_FAILED: { status: 502, title: 'Not delivered' },
  ARTEFACT_CORRUPT: { status: 500, title: 'Artefact corrupt' },
  FORBIDDEN: { status: 403, title: 'Forbidden' },
  CONFLICT: { status: 409, title: 'Conflict' },
  NOT_READY: { status: 409, title: 'Not ready yet' },
  TIMEOUT: { status: 504, title: 'Took too long' },
  INTERRUPTED: { status: 503, title: 'Interrupted' },
};

function sentence(error: PlatformError): string {
  return error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
}

function parameterOf(error: PlatformError): Pick<Problem, 'parameter' | 'value' | 'allowed'> {
  const { parameter, value, allowed } = error.context;
  return {
    ...(typeof parameter === 'string' && { parameter }),
    ...(typeof value === 'string' && { value }),
    ...(typeof allowed === 'string' && { allowed }),
  };
}
