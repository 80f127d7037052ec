import { PlatformError } from '../../domain/errors.ts';
import type { MlflowRest } from './mlflow-rest.ts';

/** A part of a long answer; nothing follows one without a token. */
export interface Paged {
  readonly next_page_token?: string;
}

type PagedRequest =
  | { readonly method: 'GET'; readonly path: string; readonly query: Readonly<Record<string, string>> }
  | { readonly method: 'POST'; readonly path: string; readonly body: object };

/** Every part of an answer, asked for one after another. */
export async function* pages<Page extends Paged>(rest: MlflowRest, request: PagedRequest): AsyncGenerator<Page> {
  let following = {};
  for (;;) {
    const page = await rest.call<Page>(
      request.method === 'GET'
        ? { ...request, query: { ...request.query, ...following } }
        : { ...request, body: { ...request.body, ...following } },
    );
    yield page;
    const { next_page_token: token = '' } = page;
    if (token === '') return;
    following = { page_token: token };
  }
}

/** Path below the server's address of artefacts that it serves itself; CONFIG_INVALID for artefacts kept elsewhere. */
export function proxyPath(uri: string): string {
  return `/api/2.0/mlflow-artifacts/artifacts/${escaped(proxyRoot(uri))}`;
}

/** Path of artefacts below the root of the server's own proxy; CONFIG_INVALID for artefacts kept elsewhere. */
export function proxyRoot(uri: string): string {
  const path = /^mlflow-artifacts:(?:\/\/[^/]*)?\/+(.+)$/.exec(uri)?.[1];
  if (path !== undefined) return path;
  throw new PlatformError('CONFIG_INVALID', `The tracking server keeps artefacts at ${uri}, not behind itself.`, {
    context: { artifactUri: uri },
    hint: 'Start the server that MLFLOW_TRACKING_URI names with --serve-artifacts and a --artifacts-destination.',
  });
}

/** Null instead of the error whose code, and words where given, mean that there is nothing. */
export async function orNull<Answer>(
  code: PlatformError['code'],
  work: Promise<Answer>,
  words: RegExp = /(?:)/,
): Promise<Answer | null> {
  try {
    return await work;
  } catch (error) {
    if (error instanceof PlatformError && error.code === code && words.test(error.message)) return null;
    throw error;
  }
}

/** A text in MLflow's filter language, whose quotes know no escape: the other kind is used where one is within. */
export function quoted(text: string): string {
  const quote = text.includes("'") ? '"' : "'";
  if (!text.includes(quote)) return `${quote}${text}${quote}`;
  throw new PlatformError('INPUT_INVALID', `A name with both kinds of quotes cannot be searched for: ${text}`);
}

/** Items in parts of at most `size`. */
export function chunks<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}

/** A path whose segments may hold anything, for a URL. */
export function escaped(path: string): string {
  return path.split('/').map(encodeURIComponent).join('/');
}
