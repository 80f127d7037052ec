import type { DateRange } from '../../domain/iso-date.ts';
import type { ParsedAnswer, SourceAnswer, SourceSeries } from '../../ports/price-source.ts';
import { decodeCbrText, looksLikeChallenge, looksLikeHtml } from './cbr-decode.ts';
import { readCbrRecords } from './cbr-records.ts';
import { Rejection } from './cbr-rejection.ts';
import { readCbrXml } from './cbr-xml.ts';

/** The whole history of four metals is under 3 MiB: an answer over this is no answer. */
export const maxAnswerBytes = 16 * 1024 * 1024;

/** Judges and reads an answer of the Bank: pure, and never throws whatever the bytes. */
export function parseCbrAnswer(
  series: SourceSeries,
  range: DateRange,
  answer: Pick<SourceAnswer, 'status' | 'headers' | 'bytes'>,
): ParsedAnswer {
  try {
    rejectByOutside(answer);
    const text = decodeCbrText(answer);
    return { ok: true, records: readCbrRecords(series, range, readCbrXml(text)) };
  } catch (error) {
    if (error instanceof Rejection) return { ok: false, kind: error.kind, reason: error.message };
    throw error;
  }
}

/** What can be told before a word of XML is read. */
function rejectByOutside({ status, headers, bytes }: Pick<SourceAnswer, 'status' | 'headers' | 'bytes'>): void {
  if (bytes.length > maxAnswerBytes) {
    throw new Rejection('too-large', `The answer is over ${maxAnswerBytes} bytes; reading was cut off there.`);
  }
  if (looksLikeChallenge(bytes)) {
    throw new Rejection('challenge', `The answer is the page of a DDoS guard, not data (status ${status}).`);
  }
  if (status !== 200) {
    const location = headers['location'];
    const to = location === undefined ? '' : `, pointing to ${location}`;
    throw new Rejection('status', `The answer has status ${status}${to}.`);
  }
  if (bytes.length === 0) throw new Rejection('truncated', 'The answer is empty.');
  if (looksLikeHtml(bytes)) throw new Rejection('html', 'The answer is an HTML page, not XML.');
  rejectShort(headers, bytes.length);
}

/** A declared length counts bytes before decoding, so it can be compared only where nothing was decoded. */
function rejectShort(headers: Readonly<Record<string, string>>, received: number): void {
  const declared = headers['content-length'];
  if (declared === undefined || headers['content-encoding'] !== undefined) return;
  if (Number(declared) > received) {
    throw new Rejection('truncated', `The answer announced ${declared} bytes and ended after ${received}.`);
  }
}
