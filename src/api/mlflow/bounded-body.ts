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

function tooLarge(maxBytes: number): PlatformError {
  return new PlatformError('INPUT_INVALID', `The request is larger than ${maxBytes} bytes.`, {
    context: { maxBytes },
    hint: 'Send it in smaller parts.',
  });
}
