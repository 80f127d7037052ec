import { Readable } from 'node:stream';
import { PlatformError } from '../../domain/errors.ts';

/** The whole body of a request; a longer one is refused as soon as it is, whatever its length header says. */
export async function boundedBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get('content-length') ?? '0');
  if (declared > maxBytes) throw tooLarge(maxBytes);
  // The protocol itself holds a body to the length it declares, and reading it whole is far cheaper than by chunks.
  if (declared > 0 && !request.headers.has('transfer-encoding')) return new Uint8Array(await request.arrayBuffer());
  if (request.body === null) return new Uint8Array();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body) {
    length += chunk.length;
    if (length > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  const [only] = chunks;
  return chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, length);
}

/**
 * The body of a request in parts as they arrive, for what need not be held whole. Node's own request, where there is
 * one, gives them without a copy. A longer body ends in a refusal, and so does one that is cut off.
 */
export async function* bodyParts(request: Request, env: unknown, maxBytes: number): AsyncGenerator<Uint8Array> {
  if (Number(request.headers.get('content-length') ?? '0') > maxBytes) throw tooLarge(maxBytes);
  let length = 0;
  try {
    for await (const part of incomingOf(env) ?? request.body ?? []) {
      length += part.length;
      if (length > maxBytes) throw tooLarge(maxBytes);
      yield part;
    }
  } catch (error) {
    if (error instanceof PlatformError) throw error;
    throw new PlatformError('INPUT_INVALID', `The upload was cut off after ${length} bytes.`, { cause: error });
  }
}

/** Left open when reading ends early: the refusal has yet to be sent over the same connection. */
function incomingOf(env: unknown): AsyncIterable<Uint8Array> | null {
  const incoming = (env as { readonly incoming?: unknown } | undefined)?.incoming;
  return incoming instanceof Readable ? incoming.iterator({ destroyOnReturn: false }) : null;
}

function tooLarge(maxBytes: number): PlatformError {
  return new PlatformError('INPUT_INVALID', `The request is larger than ${maxBytes} bytes.`, {
    context: { maxBytes },
    hint: 'Send it in smaller parts.',
  });
}
