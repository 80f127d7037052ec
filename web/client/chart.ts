import uPlot from 'uplot';
import { dateOf, dayTicks } from '../charts/days.ts';
import { logTicks, niceTicks, paddedDomain } from '../charts/scale.ts';
import type { ChartWire } from '../charts/wire.ts';
import { formatOf } from '../i18n/format.ts';
import { type ChartRows, rowsOf } from './chart-rows.ts';
import { type ChartInk, inkOf, seriesOptions } from './chart-series.ts';
import { watchFingers } from './pinch.ts';

const format = formatOf(document.documentElement.lang === 'en' ? 'en' : 'ru');
const leastSpan = 3;

/** Puts a chart that answers to pointer, finger and keys where its picture is. */
export async function mountChart(box: HTMLElement): Promise<void> {
  const picture = box.querySelector('svg.chart');
  const response = await fetch(box.dataset['chart'] ?? '');
  if (!response.ok) throw new TypeError(`${response.url} answered ${response.status}`);
  const wire = (await response.json()) as ChartWire;
  if (picture === null || !box.isConnected) return;
  new LiveChart(box, picture, wire);
}

class LiveChart {
  readonly #box: HTMLElement;
  readonly #wire: ChartWire;
  readonly #rows: ChartRows;
  readonly #plot: uPlot;
  readonly #readout: HTMLElement;
  #stop = -1;

  constructor(box: HTMLElement, picture: Element, wire: ChartWire) {
    this.#box = box;
    this.#wire = wire;
    this.#rows = rowsOf(wire);
    this.#readout = box.querySelector<HTMLElement>('.readout') ?? box.appendChild(document.createElement('p'));
    const height = picture.getBoundingClientRect().height;
    const ink = inkOf(box);
    const options = this.#options(box.clientWidth, height, ink);
    const data = [this.#rows.places, ...this.#rows.columns.map((column) => column.values)] as uPlot.AlignedData;
    this.#plot = new uPlot(options, data, (plot, start) => {
      picture.after(plot.root);
      start();
    });
    // The picture stays for those who listen to the page; nobody sees it twice.
    picture.classList.add('covered');
    this.#listen();
  }

  #options(width: number, height: number, ink: ChartInk): uPlot.Options {
    const wire = this.#wire;
    const isNarrow = matchMedia('(max-width: 560px)').matches;
    const label = { font: `${isNarrow ? 11 : 12}px system-ui, sans-serif`, stroke: ink.quiet };
    const grid = { stroke: ink.line, width: 1 };
    return {
      width,
      height,
      padding: [10, 0, 0, 0],
      legend: { show: false },
      cursor: { drag: { x: true, y: false, setScale: false }, points: { size: 7 }, y: false },
      scales: {
        x: { time: false, range: (_plot, low, high) => [low, high], min: wire.from, max: wire.to },
        y: { distr: wire.isLog ? 3 : 1, range: (plot) => this.#domain(plot) },
      },
      axes: [
        {
          ...label,
          size: 26,
          grid: { show: false },
          ticks: { stroke: ink.strongLine, size: 5, width: 1 },
          gap: 2,
          splits: (plot) => this.#dayMarks(plot),
          values: (plot, marks) => this.#dayLabels(plot, marks),
        },
        {
          ...label,
          size: isNarrow ? 48 : 58,
          gap: 8,
          grid,
          ticks: { show: false },
          splits: (_plot, _axis, low, high) => (wire.isLog ? logTicks : niceTicks)(low, high, 5),
          values: (_plot, marks) => this.#valueLabels(marks),
          filter: (_plot, marks) => marks,
        },
      ],
      series: [{}, ...seriesOptions(this.#rows, ink, wire)],
      bands: this.#rows.columns.flatMap((column, index) =>
        column.isLowOfNext ? [{ series: [index + 2, index + 1] as [number, number], fill: ink.band(column.tone) }] : [],
      ),
      hooks: {
        setCursor: [(plot) => this.#follow(plot)],
        setSelect: [(plot) => this.#choose(plot)],
        draw: [(plot) => drawRules(plot, wire, ink)],
      },
    };
  }

  /** First and last place in sight: all of them before the plot has been laid out. */
  #sight(plot: uPlot): [number, number] {
    const { min, max } = plot.scales['x'] ?? {};
    return [min ?? this.#wire.from, max ?? this.#wire.to];
  }

  /** The vertical domain of what is in sight. */
  #domain(plot: uPlot): [number, number] {
    const [min, max] = this.#sight(plot);
    const seen: number[] = [];
    for (const column of this.#rows.columns) {
      column.values.forEach((value, index) => {
        const place = this.#rows.places[index] ?? 0;
        if (value != null && place >= min && place <= max) seen.push(value);
      });
    }
    const [low, high] = paddedDomain(seen, this.#wire.withZero);
    return this.#wire.isLog && low <= 0 ? [Math.min(...seen), high] : [low, high];
  }

  #dayMarks(plot: uPlot): number[] {
    const [min, max] = this.#sight(plot);
    if (this.#wire.axis === 'steps') {
      return Array.from({ length: Math.floor(max) }, (_, index) => index + 1).filter((step) => step >= min);
    }
    return dayTicks(min, max, plot.width < 500 ? 4 : 7).map((tick) => tick.day);
  }

  #dayLabels(plot: uPlot, marks: readonly number[]): string[] {
    if (this.#wire.axis === 'steps') return marks.map(String);
    const [min, max] = this.#sight(plot);
    const shape = dayTicks(min, max, plot.width < 500 ? 4 : 7)[0]?.shape ?? 'year';
    return marks.map((mark, index) => {
      const date = dateOf(mark);
      const isYearSaid = shape === 'month' && (index === 0 || date.slice(5, 7) === '01');
      return format.date(date, shape) + (isYearSaid ? ` ${date.slice(0, 4)}` : '');
    });
  }

  #valueLabels(marks: readonly number[]): string[] {
    const step = Math.abs((marks[1] ?? 1) - (marks[0] ?? 0));
    const digits = step >= 1 ? (Number.isInteger(step) ? 0 : 1) : Math.min(4, Math.ceil(-Math.log10(step || 1)));
    return marks.map((mark) => format.number(mark, digits));
  }

  #listen(): void {
    const { over } = this.#plot;
    this.#box.addEventListener('keydown', (event) => this.#key(event));
    over.addEventListener('dblclick', () => this.#zoom(this.#wire.from, this.#wire.to));
    watchFingers(over, {
      range: () => this.#sight(this.#plot),
      zoom: (from, to) => this.#zoom(from, to),
      end: () => this.#commit(...this.#sight(this.#plot)),
      point: (left) => this.#goTo(this.#plot.posToVal(left, 'x')),
    });
    const resize = new ResizeObserver(() => {
      if (!this.#box.isConnected) resize.disconnect();
      else if (this.#box.clientWidth !== this.#plot.width) {
        this.#plot.setSize({ width: this.#box.clientWidth, height: this.#plot.height });
      }
    });
    resize.observe(this.#box);
    if (this.#box === document.activeElement) this.#moveTo(this.#rows.stops.length - 1);
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const last = this.#rows.stops.length - 1;
    const pace = event.shiftKey ? 10 : 1;
    const at = this.#stop < 0 ? last : this.#stop;
    const acts: Readonly<Record<string, () => void>> = {
      ArrowLeft: () => this.#moveTo(at - pace),
      ArrowRight: () => this.#moveTo(at + pace),
      PageUp: () => this.#moveTo(at - 20),
      PageDown: () => this.#moveTo(at + 20),
      Home: () => this.#moveTo(0),
      End: () => this.#moveTo(last),
      '+': () => this.#zoomAround(0.5),
      '=': () => this.#zoomAround(0.5),
      '-': () => this.#zoomAround(2),
      Enter: () => this.#commit(...this.#sight(this.#plot)),
      Escape: () => this.#zoom(this.#wire.from, this.#wire.to),
    };
    const act = acts[event.key];
    if (act === undefined) return;
    event.preventDefault();
    this.#readout.setAttribute('aria-live', 'polite');
    act();
  }

  #moveTo(stop: number): void {
    this.#stop = Math.max(0, Math.min(this.#rows.stops.length - 1, stop));
    this.#goTo(this.#rows.stops[this.#stop] ?? this.#wire.from);
  }

  #goTo(place: number): void {
    const [min, max] = this.#sight(this.#plot);
    if (place < min || place > max) this.#zoom(place - (max - min) / 2, place + (max - min) / 2);
    // After the plot has taken a new scale, if it was given one.
    queueMicrotask(() => {
      this.#plot.setCursor({ left: this.#plot.valToPos(place, 'x'), top: this.#plot.over.clientHeight / 2 });
    });
  }

  #follow(plot: uPlot): void {
    const { left } = plot.cursor;
    if (left === undefined || left === null || left < 0) return;
    const place = nearest(this.#rows.stops, plot.posToVal(left, 'x'));
    if (place === undefined) return;
    this.#stop = this.#rows.stops.indexOf(place);
    this.#readout.textContent = this.#saying(place);
  }

  #saying(place: number): string {
    const { axis, digits, unit } = this.#wire;
    const print = (value: number): string => format.number(value, digits) + unit;
    const parts = this.#rows.readings.flatMap(({ name, low, high }) => {
      const value = low.get(place);
      if (value === undefined) return [];
      const top = high?.get(place);
      return [`${name} ${top === undefined ? print(value) : `${format.number(value, digits)} – ${print(top)}`}`];
    });
    const date = dateOf(place);
    const where = { days: format.date(date), months: format.month(date.slice(0, 7)), steps: String(place) }[axis];
    return `${where}: ${parts.join('; ')}`;
  }

  #choose(plot: uPlot): void {
    if (plot.select.width < 4) return;
    const from = plot.posToVal(plot.select.left, 'x');
    const to = plot.posToVal(plot.select.left + plot.select.width, 'x');
    plot.setSelect({ left: 0, width: 0, top: 0, height: 0 }, false);
    this.#commit(...this.#zoom(from, to));
  }

  #zoomAround(factor: number): void {
    const [min, max] = this.#sight(this.#plot);
    const centre = this.#rows.stops[this.#stop] ?? (min + max) / 2;
    this.#zoom(centre - (centre - min) * factor, centre + (max - centre) * factor);
  }

  /** What will be in sight: the plot itself follows a moment later. */
  #zoom(from: number, to: number): [number, number] {
    const { from: first, to: last } = this.#wire;
    const span = Math.min(last - first, Math.max(leastSpan, to - from));
    const start = Math.max(first, Math.min(last - span, from));
    this.#plot.setScale('x', { min: start, max: start + span });
    return [start, start + span];
  }

  /** Where the page has a range, what is in sight becomes the range, and all figures follow. */
  #commit(from: number, to: number): void {
    if (this.#box.dataset['range'] === undefined) return;
    const address = new URL(location.href);
    address.searchParams.delete('page');
    address.searchParams.set('from', dateOf(Math.ceil(from)));
    address.searchParams.set('to', dateOf(Math.floor(to)));
    document.dispatchEvent(new CustomEvent('assay:go', { detail: address.href }));
  }
}

function nearest(sorted: readonly number[], wanted: number): number | undefined {
  let [low, high] = [0, sorted.length - 1];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) < wanted) low = middle;
    else high = middle;
  }
  const [before, after] = [sorted[low], sorted[high]];
  if (before === undefined || after === undefined) return before;
  return wanted - before < after - wanted ? before : after;
}

function drawRules(plot: uPlot, wire: ChartWire, ink: ChartInk): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = ink.strongLine;
  ctx.fillStyle = ink.quiet;
  ctx.lineWidth = devicePixelRatio;
  ctx.font = `${11 * devicePixelRatio}px system-ui, sans-serif`;
  ctx.setLineDash([2 * devicePixelRatio, 4 * devicePixelRatio]);
  for (const { at, label } of wire.rules) {
    const x = plot.valToPos(at, 'x', true);
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
    if (label !== '') ctx.fillText(label, x + 4 * devicePixelRatio, bbox.top + 11 * devicePixelRatio);
  }
  ctx.restore();
}
