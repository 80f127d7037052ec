import { paintRemark, say, type Terminal } from './output.ts';
import { duration } from './progress.ts';

/** Remarks, and at a terminal below them a line that shows for how long the work goes on. Elsewhere only the remarks. */
export interface StatusLine {
  tell(line: string): void;
  /** Shows the line while the work goes on, and takes it away when that ends, so that data begins on a clean line. */
  during<Value>(label: string, work: () => Promise<Value>): Promise<Value>;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];
const frameMs = 120;
/** What is over sooner needs no sign of life. */
const silentMs = 600;
const clearLine = '\r\u001b[K';

export function createStatusLine(terminal: Terminal): StatusLine {
  const remark = (line: string) => say(terminal, paintRemark(terminal, 'dim', line));
  if (terminal.err.isTTY !== true) return { tell: remark, during: (_label, work) => work() };
  let isDrawn = false;
  const clear = () => {
    if (isDrawn) terminal.err.write(clearLine);
    isDrawn = false;
  };
  return {
    tell(line) {
      clear();
      remark(line);
    },
    async during(label, work) {
      const started = performance.now();
      const timer = setInterval(() => {
        const elapsedMs = performance.now() - started;
        if (elapsedMs < silentMs) return;
        const frame = frames[Math.floor(elapsedMs / frameMs) % frames.length];
        const text = `${frame} assay ${label}, ${duration(elapsedMs / 1000)}`;
        terminal.err.write(`${clearLine}${paintRemark(terminal, 'cyan', text)}`);
        isDrawn = true;
      }, frameMs);
      try {
        return await work();
      } finally {
        clearInterval(timer);
        clear();
      }
    },
  };
}
