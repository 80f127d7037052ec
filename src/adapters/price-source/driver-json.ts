import type { ParsedAnswer, SourceAnswer } from '../../ports/price-source.ts';
import { looksLikeChallenge, looksLikeHtml } from './cbr-decode.ts';
import { Rejection } from './cbr-rejection.ts';

/** London's whole table is about 1 MiB: an answer over this is no answer. */
export const maxDriverBytes = 16 * 1024 * 1024;

/** Judges an answer in JSON and hands it on: never throws whatever the bytes, like `parseCbrAnswer`. */
export function parseDriverAnswer(
  answer: Pick<SourceAnswer, 'status' | 'headers' | 'bytes'>,
  read: (value: unknown) => Extract<ParsedAnswer, { ok: true }>['records'],
): ParsedAnswer {
  try {
    return { ok: true, records: read(readJson(answer)) };
  } catch (error) {
    if (error instanceof Rejection) return { ok: false, kind: error.kind, reason: error.message };
    throw error;
  }
}

/** An object of an answer; a Rejection of the kind `shape` for anything else. */
export function asObject(value: unknown, what: string): Readonly<Record<string, unknown>> {
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
  throw new Rejection('shape', `${what} is not an object.`);
}

/** A list of an answer; a Rejection of the kind `shape` for anything else. */
export function asList(value: unknown, what: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Rejection('shape', `${what} is not a list.`);
}

/** The text of a positive price with at most 4 decimals; a Rejection of the kind `value` for anything else. */
export function priceText(value: unknown, what: string): string {
  const text = String(value);
  if (typeof value === 'number' && value > 0 && /^\d{1,9}(?:\.\d{1,4})?$/.test(text)) return text;
  throw new Rejection('value', `${what} is ${JSON.stringify(value) ?? 'missing'}, which is not a price.`);
}

function readJson({ status, headers, bytes }: Pick<SourceAnswer, 'status' | 'headers' | 'bytes'>): unknown {
  if (bytes.length > maxDriverBytes) {
    throw new Rejection('too-large', `The answer is over ${maxDriverBytes} bytes; reading was cut off there.`);
  }
  if (looksLikeChallenge(bytes)) {
    throw new Rejection('challenge', `The answer is the page of a DDoS guard, not data (status ${status}).`);
  }
  if (status !== 200) throw new Rejection('status', `The answer has status ${status}.`);
  if (bytes.length === 0) throw new Rejection('truncated', 'The answer is empty.');
  if (looksLikeHtml(bytes)) throw new Rejection('html', 'The answer is an HTML page, not JSON.');
  const declared = headers['content-length'];
  if (declared !== undefined && headers['content-encoding'] === undefined && Number(declared) > bytes.length) {
    throw new Rejection('truncated', `The answer has ${bytes.length} bytes of the ${declared} announced.`);
  }
  return parseJson(decodeUtf8(bytes));
}

function decodeUtf8(bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new Rejection('encoding', 'The answer is not UTF-8.');
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    const isCut = !/[\]}]\s*$/.test(text);
    throw new Rejection(isCut ? 'truncated' : 'malformed', 'The answer is not whole JSON.');
  }
}
