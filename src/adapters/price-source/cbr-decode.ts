import type { SourceAnswer } from '../../ports/price-source.ts';
import { excerpt, Rejection } from './cbr-rejection.ts';

const encoding = 'windows-1251';
const sniffedBytes = 64 * 1024;
const byteOrderMarks: readonly (readonly [string, readonly number[]])[] = [
  ['UTF-8', [0xef, 0xbb, 0xbf]],
  ['UTF-16', [0xff, 0xfe]],
  ['UTF-16', [0xfe, 0xff]],
];

/** Whether the bytes are a web page in front of the Bank that wants a browser to prove itself. */
export function looksLikeChallenge(bytes: Uint8Array): boolean {
  if (!looksLikeHtml(bytes)) return false;
  return /ddos-guard|__ddg|checking your browser|<title>\s*just a moment/i.test(opening(bytes, sniffedBytes));
}

export function looksLikeHtml(bytes: Uint8Array): boolean {
  const start = opening(bytes, 1024).replace(/^(?:\xef\xbb\xbf)?(?:\s|<!--[\s\S]*?-->|<\?xml[^>]*\?>)*/, '');
  return /^<(?:!doctype\s+html|html|head|body)\b/i.test(start);
}

/**
 * The text of an answer, once its bytes, its own declaration and its Content-Type agree on windows-1251.
 * TextDecoder maps any byte to something, so disagreement has to be looked for before it.
 */
export function decodeCbrText({ headers, bytes }: Pick<SourceAnswer, 'headers' | 'bytes'>): string {
  for (const [name, mark] of byteOrderMarks) {
    if (mark.every((byte, index) => bytes[index] === byte)) {
      throw new Rejection('encoding', `The answer begins with a byte order mark of ${name}, and ${encoding} has none.`);
    }
  }
  rejectForeignCharset(headers['content-type'] ?? '');
  rejectForeignDeclaration(opening(bytes, 200));
  rejectImpossibleBytes(bytes);
  return new TextDecoder(encoding).decode(bytes);
}

function rejectForeignCharset(contentType: string): void {
  const charset = /;\s*charset\s*=\s*"?([^\s";]+)/i.exec(contentType)?.[1];
  if (charset !== undefined && charset.toLowerCase() !== encoding) {
    throw new Rejection('encoding', `Content-Type names charset ${excerpt(charset)} where ${encoding} is expected.`);
  }
}

function rejectForeignDeclaration(start: string): void {
  if (!start.startsWith('<')) {
    throw new Rejection('malformed', `The answer does not begin with XML but with ${excerpt(start)}.`);
  }
  if (!start.startsWith('<?xml')) {
    if ('<?xml'.startsWith(start)) throw new Rejection('truncated', 'The answer ends within the XML declaration.');
    if (/^<!doctype/i.test(start)) throw new Rejection('doctype', 'The answer carries a DOCTYPE, which is refused.');
    throw new Rejection('encoding', `The answer has no XML declaration; it begins with ${excerpt(start)}.`);
  }
  if (!start.includes('?>')) throw new Rejection('truncated', 'The answer ends within the XML declaration.');
  const declared = /^<\?xml\s[^>]*?\bencoding\s*=\s*["']([^"']+)["']/.exec(start)?.[1];
  if (declared?.toLowerCase() !== encoding) {
    const found = declared === undefined ? 'no encoding' : excerpt(declared);
    throw new Rejection('encoding', `The XML declares ${found} where ${encoding} is expected.`);
  }
}

/** 0x98 has no meaning in windows-1251, and XML has no control characters but tab and line ends. */
function rejectImpossibleBytes(bytes: Uint8Array): void {
  const found = bytes.findIndex(isImpossible);
  if (found < 0) return;
  const byte = (bytes[found] ?? 0).toString(16).padStart(2, '0');
  throw new Rejection('encoding', `Byte 0x${byte} at position ${found} cannot be in an XML text in ${encoding}.`);
}

function isImpossible(byte: number): boolean {
  return byte === 0x98 || (byte < 0x20 && byte !== 9 && byte !== 10 && byte !== 13);
}

function opening(bytes: Uint8Array, length: number): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, length)).toString('latin1');
}
