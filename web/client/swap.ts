/** Goes to another state of the page without loading the document anew: the server draws, the script puts it in place. */
const dueAfterMs = 120;

let newest = 0;
let due: ReturnType<typeof setTimeout> | undefined;

/** Links and forms that only change the state of this page. Anything unusual is left to the browser. */
export function watchLinks(): void {
  prepareForms();
  document.addEventListener('click', (event) => {
    const link = event.target instanceof Element ? event.target.closest<HTMLAnchorElement>('a[data-swap]') : null;
    const isPlain = event.button === 0 && !event.metaKey && !event.ctrlKey && !event.shiftKey && !event.altKey;
    if (link === null || !isPlain || event.defaultPrevented) return;
    event.preventDefault();
    void swapTo(link.href);
  });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.method !== 'get' || event.defaultPrevented) return;
    event.preventDefault();
    void swapTo(addressOf(form));
  });
  document.addEventListener('change', (event) => {
    const form = event.target instanceof Element ? event.target.closest<HTMLFormElement>(submits) : null;
    form?.requestSubmit();
  });
  document.addEventListener('assay:go', (event) => {
    if (event instanceof CustomEvent && typeof event.detail === 'string') void swapTo(event.detail);
  });
  addEventListener('popstate', () => void swapTo(location.href, false));
}

const submits = 'form[data-submit-on-change]';

/** The page at an address of this site in place of this one; where that fails, the browser goes there itself. */
export async function swapTo(address: string, isNew = true): Promise<void> {
  newest += 1;
  const turn = newest;
  try {
    const fresh = await fetchDocument(address);
    // A slower answer to an earlier wish is of no use.
    if (turn !== newest) return;
    if (isNew && address !== location.href) history.pushState(null, '', address);
    showDocument(fresh);
  } catch {
    location.assign(address);
  }
}

/** For sliders: the last wish of a burst. */
export function swapSoon(address: string): void {
  clearTimeout(due);
  due = setTimeout(() => void swapTo(address), dueAfterMs);
}

export async function fetchDocument(address: string): Promise<Document> {
  const response = await fetch(address, { headers: { accept: 'text/html' } });
  if (!response.ok) throw new TypeError(`${address} answered ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}

export function showDocument(fresh: Document): void {
  const focused = placeOf(document.activeElement);
  const open = openDetails();
  document.title = fresh.title;
  for (const selector of ['.header', '#main']) {
    const [now, next] = [document.querySelector(selector), fresh.querySelector(selector)];
    if (now !== null && next !== null) now.replaceWith(next);
  }
  document.querySelectorAll('details').forEach((one, index) => {
    if (open.has(index)) one.open = true;
  });
  prepareForms();
  document.dispatchEvent(new Event('assay:shown'));
  const again = focused === null ? null : document.querySelector<HTMLElement>(focused);
  again?.focus({ preventScroll: true });
}

function openDetails(): Set<number> {
  const open = new Set<number>();
  document.querySelectorAll('details').forEach((one, index) => {
    if (one.open) open.add(index);
  });
  return open;
}

/** How to find the same control again after the page was drawn anew. */
function placeOf(element: Element | null): string | null {
  const key = element?.getAttribute('data-focus') ?? element?.id;
  if (key === undefined || key === null || key === '') return null;
  return element?.id === key ? `#${CSS.escape(key)}` : `[data-focus="${CSS.escape(key)}"]`;
}

/** What is chosen is shown at once, so the button is only for pages without script. */
function prepareForms(): void {
  for (const form of document.querySelectorAll(submits)) form.classList.add('scripted');
}

function addressOf(form: HTMLFormElement): string {
  const query = new URLSearchParams();
  for (const [name, value] of new FormData(form)) {
    if (typeof value === 'string' && value !== '') query.append(name, value);
  }
  const address = new URL(form.action);
  address.search = query.toString();
  return address.href;
}
