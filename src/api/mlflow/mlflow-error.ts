import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { type ErrorCode, PlatformError } from '../../domain/errors.ts';

/** MLflow's error codes that this server answers with, and the HTTP status of each. */
const statuses = {
  BAD_REQUEST: 400,
  INVALID_PARAMETER_VALUE: 400,
  RESOURCE_ALREADY_EXISTS: 400,
  UNAUTHENTICATED: 401,
  PERMISSION_DENIED: 403,
  RESOURCE_DOES_NOT_EXIST: 404,
  INTERNAL_ERROR: 500,
  INVALID_STATE: 500,
  TEMPORARILY_UNAVAILABLE: 503,
  DEADLINE_EXCEEDED: 504,
} as const satisfies Record<string, ContentfulStatusCode>;

export type MlflowErrorCode = keyof typeof statuses;

export interface MlflowAnswer {
  readonly status: ContentfulStatusCode;
  readonly body: {
    readonly error_code: MlflowErrorCode;
    readonly message: string;
    readonly sqlstate?: string;
    readonly error_class?: string;
  };
}

/** The one place where an error becomes MLflow's body and status. An unknown error tells nothing of its inside. */
export function mlflowAnswer(error: unknown): MlflowAnswer {
  if (!(error instanceof PlatformError)) {
    return answer('INTERNAL_ERROR', 'The tracking server failed while answering. The cause is in its log.');
  }
  const named = error.context['mlflowErrorCode'];
  const code = isMlflowCode(named) ? named : (codes[error.code] ?? 'INTERNAL_ERROR');
  return answer(code, error.hint === undefined ? error.message : `${error.message} ${error.hint}`);
}

export function answer(code: MlflowErrorCode, message: string): MlflowAnswer {
  return { status: statuses[code], body: { error_code: code, message, ...classOf(code) } };
}

type Classification = readonly [sqlstate: string, errorClass: string];

/** How MLflow 3 classifies its errors beyond the code; a code without a class has none. */
const classes: Readonly<Partial<Record<MlflowErrorCode, Classification>>> = {
  BAD_REQUEST: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  INVALID_PARAMETER_VALUE: ['KAM00', 'INVALID_PARAMETER_VALUE'],
  RESOURCE_ALREADY_EXISTS: ['KAM00', 'RESOURCE_ALREADY_EXISTS'],
  RESOURCE_DOES_NOT_EXIST: ['KAM00', 'RESOURCE_NOT_FOUND'],
  PERMISSION_DENIED: ['KAM00', 'PERMISSION_DENIED'],
  INTERNAL_ERROR: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
  INVALID_STATE: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
  TEMPORARILY_UNAVAILABLE: ['XXM00', 'CLIENT_INTERNAL_ERROR'],
};

function classOf(code: MlflowErrorCode): object {
  const [sqlstate, errorClass] = classes[code] ?? [];
  return sqlstate === undefined ? {} : { sqlstate, error_class: errorClass };
}

/** A refused parameter, in the words given. */
export function invalidParameter(message: string): PlatformError {
  return new PlatformError('INPUT_INVALID', message);
}

const codes: Readonly<Partial<Record<ErrorCode, MlflowErrorCode>>> = {
  INPUT_INVALID: 'INVALID_PARAMETER_VALUE',
  NOT_FOUND: 'RESOURCE_DOES_NOT_EXIST',
  CONFLICT: 'RESOURCE_ALREADY_EXISTS',
  FORBIDDEN: 'PERMISSION_DENIED',
  STORE_UNAVAILABLE: 'TEMPORARILY_UNAVAILABLE',
  TIMEOUT: 'DEADLINE_EXCEEDED',
};

function isMlflowCode(value: unknown): value is MlflowErrorCode {
  return typeof value === 'string' && Object.hasOwn(statuses, value);
}
