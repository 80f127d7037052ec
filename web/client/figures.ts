import { watchBrushes } from './brush.ts';
import { watchFigureTools } from './figure-tools.ts';
import { watchSliders } from './slider.ts';

/** The code that draws charts anew, loaded when somebody first reaches for one. */
interface ChartCode {
  mountChart(box: HTMLElement): Promise<void>;
}

let code: Promise<ChartCode> | undefined;
const mounted = new WeakSet<HTMLElement>();

/** A chart is a picture until a pointer, a finger or the keyboard comes to it. */
export function watchCharts(): void {
  prepare();
  document.addEventListener('assay:shown', prepare);
  for (const type of ['pointerover', 'pointerdown', 'focusin'])
    document.addEventListener(type, reach, { passive: true });
  watchFigureTools();
}

function prepare(): void {
  for (const box of document.querySelectorAll<HTMLElement>('[data-chart]')) {
    box.tabIndex = 0;
    box.setAttribute('role', 'group');
    box.setAttribute('aria-label', box.dataset['label'] ?? '');
  }
  watchBrushes();
  watchSliders();
}

function reach(event: Event): void {
  const box = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-chart]') : null;
  if (box === null || mounted.has(box)) return;
  mounted.add(box);
  void mount(box);
}

async function mount(box: HTMLElement): Promise<void> {
  const address = document.documentElement.dataset['charts'];
  if (address === undefined) return;
  try {
    code ??= import(address) as Promise<ChartCode>;
    await (await code).mountChart(box);
  } catch (error) {
    // The picture stays; the next visit of the pointer tries again.
    code = undefined;
    mounted.delete(box);
    console.warn(error);
  }
}
