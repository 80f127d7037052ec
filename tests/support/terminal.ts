import { Writable } from 'node:stream';
import type { Terminal } from '../../src/cli/output.ts';

export interface TestTerminal extends Terminal {
  stdout(): string;
  stderr(): string;
}

/** A terminal that keeps what is written to it. */
export function createTestTerminal(options: { width?: number; isTTY?: boolean; colour?: boolean } = {}): TestTerminal {
  const [out, err] = [collector(), collector()];
  const isTTY = options.isTTY ?? false;
  return {
    out: out.stream,
    err: Object.assign(err.stream, { isTTY }),
    colour: options.colour ?? false,
    errColour: options.colour ?? false,
    width: options.width ?? Number.POSITIVE_INFINITY,
    isInteractive: isTTY,
    stdout: out.text,
    stderr: err.text,
  };
}

function collector(): { stream: Writable; text: () => string } {
  let text = '';
  const stream = new Writable({
    write(chunk: Buffer | string, _encoding, done) {
      text += chunk.toString();
      done();
    },
  });
  return { stream, text: () => text };
}
