import { dateOf, dayOf } from '../charts/days.ts';
import { swapTo } from './swap.ts';

/** The strip under the history: its window is dragged, or moved by its two handles with the keyboard. */
export function watchBrushes(): void {
  for (const strip of document.querySelectorAll<HTMLElement>('[data-brush]')) {
    if (strip.querySelector('.handle') === null) new Brush(strip);
  }
}

const monthDays = 30;
const restMs = 250;
const keySteps: Readonly<Record<string, number>> = {
  ArrowLeft: -monthDays,
  ArrowDown: -monthDays,
  ArrowRight: monthDays,
  ArrowUp: monthDays,
  PageDown: -365,
  PageUp: 365,
};

class Brush {
  readonly #strip: HTMLElement;
  readonly #first: number;
  readonly #last: number;
  #from: number;
  #to: number;
  readonly #handles: readonly [HTMLElement, HTMLElement];
  #due: ReturnType<typeof setTimeout> | undefined;
  readonly #pane = element('span', 'pane');

  constructor(strip: HTMLElement) {
    this.#strip = strip;
    this.#first = dayOf(strip.dataset['first'] ?? '');
    this.#last = dayOf(strip.dataset['last'] ?? '');
    this.#from = dayOf(strip.dataset['from'] ?? '');
    this.#to = dayOf(strip.dataset['to'] ?? '');
    this.#handles = [this.#handle('from'), this.#handle('to')];
    strip.append(this.#pane, ...this.#handles);
    strip.classList.add('scripted');
    strip.addEventListener('pointerdown', (event) => this.#drag(event));
    this.#place();
  }

  #handle(end: 'from' | 'to'): HTMLElement {
    const handle = element('span', 'handle');
    handle.tabIndex = 0;
    handle.dataset['focus'] = `brush-${end}`;
    handle.setAttribute('role', 'slider');
    handle.setAttribute('aria-label', this.#strip.dataset[end === 'from' ? 'labelFrom' : 'labelTo'] ?? end);
    handle.addEventListener('keydown', (event) => this.#key(event, end));
    return handle;
  }

  #key(event: KeyboardEvent, end: 'from' | 'to'): void {
    const step = keySteps[event.key];
    const now = end === 'from' ? this.#from : this.#to;
    const wanted = event.key === 'Home' ? this.#first : event.key === 'End' ? this.#last : now + (step ?? 0);
    if (wanted === now && step === undefined) return;
    event.preventDefault();
    if (end === 'from') this.#from = Math.max(this.#first, Math.min(wanted, this.#to - 1));
    else this.#to = Math.min(this.#last, Math.max(wanted, this.#from + 1));
    this.#place();
    // A burst of keys is one wish.
    clearTimeout(this.#due);
    this.#due = setTimeout(() => this.#commit(), restMs);
  }

  /** On a handle: that end moves. Inside the window: the window moves. Elsewhere: a new window is drawn. */
  #drag(event: PointerEvent): void {
    if (event.button !== 0) return;
    event.preventDefault();
    this.#strip.setPointerCapture(event.pointerId);
    const start = this.#dayAt(event.clientX);
    const [from, to] = [this.#from, this.#to];
    const end = this.#handles.indexOf(event.target as HTMLElement);
    const isInside = end < 0 && start > from && start < to && to - from < this.#last - this.#first;
    const move = (moved: PointerEvent): void => {
      const now = this.#dayAt(moved.clientX);
      const shift = Math.max(this.#first - from, Math.min(this.#last - to, now - start));
      if (isInside) [this.#from, this.#to] = [from + shift, to + shift];
      else {
        const fixed = end === 0 ? to : end === 1 ? from : start;
        [this.#from, this.#to] = [Math.min(fixed, now), Math.max(fixed, now)];
      }
      this.#place();
    };
    const finish = (): void => {
      this.#strip.removeEventListener('pointermove', move);
      if (this.#to - this.#from < 2) [this.#from, this.#to] = [from, to];
      this.#place();
      if (this.#from !== from || this.#to !== to) this.#commit();
    };
    this.#strip.addEventListener('pointermove', move);
    this.#strip.addEventListener('pointerup', finish, { once: true });
    this.#strip.addEventListener('pointercancel', finish, { once: true });
  }

  #dayAt(clientX: number): number {
    const { left, width } = this.#strip.getBoundingClientRect();
    const share = Math.max(0, Math.min(1, (clientX - left) / width));
    return Math.round(this.#first + share * (this.#last - this.#first));
  }

  #place(): void {
    const share = (day: number): number => ((day - this.#first) / (this.#last - this.#first)) * 100;
    const [from, to] = [share(this.#from), share(this.#to)];
    this.#pane.style.left = `${from}%`;
    this.#pane.style.width = `${to - from}%`;
    for (const [index, day] of [this.#from, this.#to].entries()) {
      const handle = this.#handles[index as 0 | 1];
      handle.style.left = `${index === 0 ? from : to}%`;
      handle.setAttribute('aria-valuemin', String(this.#first));
      handle.setAttribute('aria-valuemax', String(this.#last));
      handle.setAttribute('aria-valuenow', String(day));
      handle.setAttribute('aria-valuetext', dateOf(day));
    }
  }

  #commit(): void {
    const address = new URL(location.href);
    const set = (name: string, day: number, edge: number): void => {
      if (day === edge) address.searchParams.delete(name);
      else address.searchParams.set(name, dateOf(day));
    };
    set('from', this.#from, this.#first);
    set('to', this.#to, this.#last);
    address.searchParams.delete('page');
    void swapTo(address.href);
  }
}

function element(tag: string, name: string): HTMLElement {
  const made = document.createElement(tag);
  made.className = name;
  return made;
}
