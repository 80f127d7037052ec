import { PlatformError } from '../../domain/errors.ts';

/** A message that did not arrive, or may not have: who was asked, and what happened. Never with a secret in it. */
export function notDelivered(receiver: string, reason: string, hint?: string): PlatformError {
  return new PlatformError('DELIVERY_FAILED', `${receiver} did not take the message: ${reason}`, {
    context: { receiver },
    ...(hint === undefined ? {} : { hint }),
  });
}

/** What a failed request says of itself, its causes included: `fetch failed` alone helps nobody. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'TimeoutError') return 'it did not answer in time';
  const { cause } = error;
  return cause instanceof Error && cause.message !== '' ? cause.message : error.message;
}

/** The beginning of an answer, as one line. */
export async function firstWords(response: Response): Promise<string> {
  const reader = response.body?.getReader();
  const first = await reader?.read().catch(() => undefined);
  await reader?.cancel().catch(() => undefined);
  const text = new TextDecoder().decode(first?.value?.subarray(0, 300));
  return text.replaceAll(/\s+/g, ' ').trim();
}
