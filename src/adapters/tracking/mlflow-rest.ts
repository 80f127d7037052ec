import { setTimeout as sleep } from 'node:timers/promises';
import { type ErrorCode, PlatformError } from '../../domain/errors.ts';

export interface MlflowRestOptions {
  /** Address of the server; a user and password in it are sent as basic authentication. */
  readonly url: string;
  /** Sent as a bearer token. */
  readonly token?: string | undefined;
  readonly fetch?: typeof fetch | undefined;
  /** Longest wait for one answer; 30 s when not said. */
  readonly timeoutMs?: number | undefined;
  /** Wait before the second attempt, doubled before each further one; 100 ms when not said. */
  readonly retryDelayMs?: number | undefined;
}

export interface RestRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Below the server's address, escaped. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: object | Uint8Array;
}

/** MLflow's REST calls with retries. Every request given to `send` may arrive more than once. */
export interface MlflowRest {
  call<Answer>(request: RestRequest): Promise<Answer>;
  /**
   * A call that must not happen twice: after an attempt whose outcome is unknown, `find` tells whether it did
   * happen, and only then is it repeated.
   */
  callOnce<Answer>(request: RestRequest, find: () => Promise<Answer | null>): Promise<Answer>;
  download(path: string): Promise<Uint8Array>;
}

const attempts = 4;

export function createMlflowRest(options: MlflowRestOptions): MlflowRest {
  const server = serverOf(options);
  return {
    call: <Answer>(request: RestRequest) =>
      retrying(server, () => exchange<Answer>(server, request, readJson), notFound),
    callOnce: <Answer>(request: RestRequest, find: () => Promise<Answer | null>) =>
      retrying(server, () => exchange<Answer>(server, request, readJson), find),
    download: (path) => retrying(server, () => exchange(server, { method: 'GET', path }, readBytes), notFound),
  };
}

async function readJson<Answer>(response: Response): Promise<Answer> {
  const text = await response.text();
  // MLflow answers an upload with nothing at all.
  return (text === '' ? {} : JSON.parse(text)) as Answer;
}

async function readBytes(response: Response): Promise<Uint8Array> {
  return new Uint8Array(await response.arrayBuffer());
}

/** A call that may happen twice needs no look whether it did. */
async function notFound(): Promise<null> {
  return null;
}

interface Server {
  readonly address: string;
  readonly authorization: string | null;
  readonly fetch: typeof fetch;
  readonly timeoutMs: number;
  readonly retryDelayMs: number;
}

function serverOf(options: MlflowRestOptions): Server {
  const url = parsedUrl(options.url);
  const { username, password } = url;
  url.username = '';
  url.password = '';
  const basic = username === '' ? null : `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  const authorization =
    options.token !== undefined
      ? `Bearer ${options.token}`
      : basic !== null
        ? `Basic ${Buffer.from(basic, 'utf8').toString('base64')}`
        : null;
  return {
    address: url.href.replace(/\/+$/, ''),
    authorization,
    fetch: options.fetch ?? fetch,
    timeoutMs: options.timeoutMs ?? 30_000,
    retryDelayMs: options.retryDelayMs ?? 100,
  };
}

function parsedUrl(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (url?.protocol === 'http:' || url?.protocol === 'https:') return url;
  throw new PlatformError('CONFIG_INVALID', 'The address of the tracking server is not an http or https URL.', {
    hint: 'Set MLFLOW_TRACKING_URI to one like http://127.0.0.1:5000, or leave it empty for the embedded server.',
  });
}

async function retrying<Answer>(
  server: Server,
  attemptOnce: () => Promise<Answer>,
  find: () => Promise<Answer | null>,
): Promise<Answer> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await attemptOnce();
    } catch (error) {
      if (attempt === attempts || !(error instanceof PlatformError) || error.context['retriable'] !== true) throw error;
    }
    await sleep(server.retryDelayMs * 2 ** (attempt - 1));
    const found = await find();
    if (found !== null) return found;
  }
}

async function exchange<Answer>(
  server: Server,
  request: RestRequest,
  read: (response: Response) => Promise<Answer>,
): Promise<Answer> {
  const { body } = request;
  const isBytes = body instanceof Uint8Array;
  const query = request.query === undefined ? '' : `?${new URLSearchParams(request.query)}`;
  try {
    const response = await server.fetch(`${server.address}${request.path}${query}`, {
      method: request.method,
      headers: {
        ...(server.authorization === null ? {} : { authorization: server.authorization }),
        ...(body === undefined ? {} : { 'content-type': isBytes ? 'application/octet-stream' : 'application/json' }),
      },
      ...(body === undefined ? {} : { body: isBytes ? new Uint8Array(body) : JSON.stringify(body) }),
      signal: AbortSignal.timeout(server.timeoutMs),
      redirect: 'error',
    });
    // Reading is inside as well: a connection may break in the middle of an answer.
    return response.ok ? await read(response) : await refuse(server, request, response);
  } catch (error) {
    throw error instanceof PlatformError ? error : unreachable(server, request, error);
  }
}

async function refuse(server: Server, request: RestRequest, response: Response): Promise<never> {
  const text = await response.text();
  const { code, message } = errorBody(text);
  const retriable = response.status === 429 || (response.status >= 500 && code !== 'INVALID_STATE');
  throw new PlatformError(
    codeOf(code, response.status),
    `The tracking server refused ${request.method} ${request.path} (${response.status}): ${message}`,
    {
      context: { status: response.status, mlflowErrorCode: code, path: request.path, retriable },
      ...hintOf(server, response.status),
    },
  );
}

function errorBody(text: string): { readonly code: string; readonly message: string } {
  try {
    const body = JSON.parse(text) as { error_code?: unknown; message?: unknown; detail?: unknown };
    return { code: String(body.error_code ?? ''), message: String(body.message ?? body.detail ?? '') };
  } catch {
    // A page of a proxy or another server: its beginning tells which.
    return { code: '', message: text.replace(/\s+/g, ' ').slice(0, 200) };
  }
}

const codes: Readonly<Record<string, ErrorCode>> = {
  RESOURCE_DOES_NOT_EXIST: 'NOT_FOUND',
  RESOURCE_ALREADY_EXISTS: 'CONFLICT',
  INVALID_PARAMETER_VALUE: 'INPUT_INVALID',
  PERMISSION_DENIED: 'FORBIDDEN',
  UNAUTHENTICATED: 'FORBIDDEN',
  INVALID_STATE: 'CONFLICT',
};

function codeOf(code: string, status: number): ErrorCode {
  const known = Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (known !== undefined) return known;
  if (status === 401 || status === 403) return 'FORBIDDEN';
  if (status === 404) return 'NOT_FOUND';
  return status >= 500 || status === 429 ? 'STORE_UNAVAILABLE' : 'INPUT_INVALID';
}

function hintOf(server: Server, status: number): { readonly hint?: string } {
  if (status === 401 || status === 403) {
    return { hint: `Check the token for ${server.address}, which MLFLOW_TRACKING_URI names.` };
  }
  if (status >= 500)
    return { hint: `See the log of the server at ${server.address}, which MLFLOW_TRACKING_URI names.` };
  return {};
}

function unreachable(server: Server, request: RestRequest, cause: unknown): PlatformError {
  const isLate = cause instanceof Error && cause.name === 'TimeoutError';
  const inner = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  const what = isLate ? `did not answer within ${server.timeoutMs} ms` : `cannot be reached: ${inner}`;
  return new PlatformError(
    isLate ? 'TIMEOUT' : 'STORE_UNAVAILABLE',
    `The tracking server at ${server.address} ${what}`,
    {
      cause,
      context: { method: request.method, path: request.path, retriable: true },
      hint: 'Check that it runs and that MLFLOW_TRACKING_URI names it, or leave that empty for the embedded server.',
    },
  );
}
