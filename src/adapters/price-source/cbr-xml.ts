import { SaxesParser, type SaxesTagPlain } from 'saxes';
import { excerpt, Rejection } from './cbr-rejection.ts';

/** The one shape both scripts of the Bank answer in: a root with records, a record with fields of text. */
export interface CbrXml {
  readonly root: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly records: readonly CbrXmlRecord[];
}

export interface CbrXmlRecord {
  readonly attributes: Readonly<Record<string, string>>;
  /** Field texts by element name, trimmed; an empty element is an empty text. */
  readonly fields: Readonly<Record<string, string>>;
}

const recordElement = 'Record';

/** Reads strictly: whatever is not that shape throws a Rejection that says what and where. */
export function readCbrXml(text: string): CbrXml {
  const parser = new SaxesParser({ xmlns: false, position: true });
  const reader = createReader();
  let ending = false;
  parser.on('error', (error) => {
    const where = error.message;
    if (ending) throw new Rejection('truncated', `The answer ends too early (${where}).`);
    throw new Rejection('malformed', `The answer is not well-formed XML (${where}).`);
  });
  parser.on('doctype', () => {
    throw new Rejection('doctype', 'The answer carries a DOCTYPE, which is refused.');
  });
  parser.on('processinginstruction', ({ target }) => {
    throw new Rejection('shape', `The answer carries a processing instruction ${excerpt(target)}.`);
  });
  parser.on('cdata', () => {
    throw new Rejection('shape', 'The answer carries a CDATA section.');
  });
  parser.on('opentag', reader.open);
  parser.on('text', reader.text);
  parser.on('closetag', reader.close);
  parser.write(text);
  ending = true;
  parser.close();
  return reader.result();
}

/** Depth 1 is the root, 2 a record, 3 a field; the reader holds the path and refuses anything else. */
function createReader() {
  let root: SaxesTagPlain | null = null;
  let depth = 0;
  let fields: Record<string, string> = {};
  let fieldText = '';
  const records: CbrXmlRecord[] = [];

  return {
    open(tag: SaxesTagPlain): void {
      depth += 1;
      if (depth === 1) root = tag;
      if (depth === 2) {
        if (tag.name !== recordElement) {
          throw new Rejection('shape', `The answer holds <${tag.name}> where <${recordElement}> is expected.`);
        }
        fields = emptyFields();
      }
      if (depth === 3) fieldText = '';
      if (depth > 3) throw new Rejection('shape', `The answer nests <${tag.name}> deeper than a field of a record.`);
    },
    text(text: string): void {
      if (depth === 3) fieldText += text;
      else if (text.trim() !== '') throw new Rejection('shape', `The answer holds stray text ${excerpt(text)}.`);
    },
    close(tag: SaxesTagPlain): void {
      if (depth === 3) {
        if (tag.name in fields) throw new Rejection('shape', `A record of the answer holds <${tag.name}> twice.`);
        fields[tag.name] = fieldText.trim();
      }
      if (depth === 2) records.push({ attributes: tag.attributes, fields });
      depth -= 1;
    },
    result(): CbrXml {
      if (root === null) throw new Rejection('truncated', 'The answer has no root element.');
      return { root: root.name, attributes: root.attributes, records };
    },
  };
}

/** Names come from outside, so `__proto__` and the like must be plain keys. */
function emptyFields(): Record<string, string> {
  return Object.create(null) as Record<string, string>;
}
