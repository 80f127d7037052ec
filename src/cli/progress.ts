import { paintRemark, say, type Terminal } from './output.ts';

/** Tells on stderr how far a piece of work is: a bar at a terminal, a line for each tenth elsewhere. */
export interface Progress {
  update(done: number, all: number): void;
  /** Takes the bar away; later remarks begin on a clean line. */
  end(): void;
}

const redrawMs = 100;
const barWidth = 24;
const clearLine = '\r\u001b[K';

/** `elapsedMs` counts from the start of the work; `unit` is what is counted, in the plural. */
export function createProgress(terminal: Terminal, unit: string, elapsedMs: () => number): Progress {
  return terminal.err.isTTY === true ? createBar(terminal, unit, elapsedMs) : createLines(terminal, unit);
}

function createBar(terminal: Terminal, unit: string, elapsedMs: () => number): Progress {
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    update(done, all) {
      const now = elapsedMs();
      if (now - drawnAt < redrawMs && done < all) return;
      drawnAt = now;
      terminal.err.write(`${clearLine}${paintRemark(terminal, 'cyan', progressLine(done, all, unit, now))}`);
    },
    end() {
      if (Number.isFinite(drawnAt)) terminal.err.write(clearLine);
    },
  };
}

function createLines(terminal: Terminal, unit: string): Progress {
  let told = 0;
  return {
    update(done, all) {
      const tenth = Math.floor((10 * done) / all);
      if (tenth === told) return;
      told = tenth;
      say(terminal, `${done} of ${all} ${unit}`);
    },
    end: () => undefined,
  };
}

/** The bar with its share, its rate and the time left, as one line. */
export function progressLine(done: number, all: number, unit: string, elapsedMs: number): string {
  const share = all === 0 ? 1 : done / all;
  const full = Math.round(share * barWidth);
  const rate = elapsedMs > 0 ? (done / elapsedMs) * 1000 : 0;
  const left = rate > 0 ? `, ${duration((all - done) / rate)} left` : '';
  const bar = '█'.repeat(full) + '░'.repeat(barWidth - full);
  return `${bar} ${Math.floor(share * 100)}%  ${done}/${all} ${unit}, ${rate.toFixed(rate < 10 ? 1 : 0)}/s${left}`;
}

/** Seconds as people say them: `45 s`, `3 min 05 s`, `2 h 10 min`. */
export function duration(seconds: number): string {
  const whole = Math.ceil(seconds);
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${String(whole % 60).padStart(2, '0')} s`;
  return `${Math.floor(whole / 3600)} h ${String(Math.floor((whole % 3600) / 60)).padStart(2, '0')} min`;
}
