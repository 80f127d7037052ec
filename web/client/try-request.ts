/** Requests that are tried out on the page Data: the answer, its status and its headers are shown below the form. */
const mostBytes = 256 * 1024;
const mostCharacters = 20_000;
/** A stream of events never ends by itself. */
const longestMs = 5_000;

export function watchTries(): void {
  // An opening does not bubble.
  document.addEventListener('toggle', (event) => fillOpened(event.target), { capture: true });
  document.addEventListener('submit', (event) => {
    const form = event.target;
    if (!(form instanceof HTMLFormElement) || form.dataset['try'] === undefined) return;
    event.preventDefault();
    void send(form);
  });
}

/** With script the form lies in `noscript` as text, and is made when it is first wanted. */
function fillOpened(opened: EventTarget | null): void {
  const text = opened instanceof HTMLDetailsElement ? opened.querySelector(':scope > noscript') : null;
  if (text === null) return;
  const template = document.createElement('template');
  template.innerHTML = text.textContent ?? '';
  text.replaceWith(template.content);
}

async function send(form: HTMLFormElement): Promise<void> {
  const place = form.parentElement?.querySelector<HTMLElement>('[data-answer]');
  const template = document.querySelector<HTMLTemplateElement>('#try-answer');
  if (place == null || template === null) return;
  const address = new URL(form.action);
  for (const [name, value] of new FormData(form)) if (typeof value === 'string') address.searchParams.set(name, value);
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), longestMs);
  place.setAttribute('aria-busy', 'true');
  try {
    const began = performance.now();
    // The server makes the address of the request out of the form, here as without script.
    const response = await fetch(address, { signal: stop.signal });
    const answer = await read(response, stop.signal);
    place.replaceChildren(filled(template, response, answer, performance.now() - began));
  } catch (error) {
    place.textContent = document.getElementById('away')?.textContent ?? '';
    console.warn(error);
  } finally {
    clearTimeout(late);
    place.removeAttribute('aria-busy');
  }
}

interface Read {
  readonly bytes: Uint8Array;
  readonly isWhole: boolean;
}

/** As much of the body as arrives within the limits of bytes and time. */
async function read(response: Response, signal: AbortSignal): Promise<Read> {
  const reader = response.body?.getReader();
  const parts: Uint8Array[] = [];
  let count = 0;
  let isWhole = reader === undefined;
  try {
    while (reader !== undefined && !isWhole && count < mostBytes) {
      const { done, value } = await reader.read();
      isWhole = done;
      if (value !== undefined) parts.push(value);
      count += value?.length ?? 0;
    }
  } catch (error) {
    if (!signal.aborted) throw error;
  }
  if (!isWhole) void reader?.cancel().catch(() => undefined);
  const bytes = new Uint8Array(count);
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return { bytes, isWhole };
}

function filled(template: HTMLTemplateElement, response: Response, { bytes, isWhole }: Read, tookMs: number): Node {
  const answer = template.content.cloneNode(true) as DocumentFragment;
  const part = (name: string) => answer.querySelector<HTMLElement>(`[data-part="${name}"]`);
  part('head')?.append(...headOf(response, bytes.length, tookMs));
  part('headers')?.append([...response.headers].map(([name, value]) => `${name}: ${value}`).join('\n'));
  const body = part('body');
  // What scrolls is to be reached by the keyboard.
  if (body !== null) body.tabIndex = 0;
  const text = textOf(response, bytes, isWhole);
  body?.append(text?.slice(0, mostCharacters) ?? body.dataset['binary'] ?? '');
  if (isWhole && (text?.length ?? 0) <= mostCharacters) part('cut')?.remove();
  return answer;
}

/** Status, address, time and size: `200 OK /api/v1/metals 12 ms · 80 B`. */
function headOf(response: Response, bytes: number, tookMs: number): readonly (Node | string)[] {
  const { pathname, search } = new URL(response.url);
  const status = document.createElement('strong');
  status.textContent = `${response.status} ${response.statusText}`.trim();
  const link = document.createElement('a');
  link.href = pathname + search;
  link.textContent = pathname + search;
  return [status, ' ', link, ` ${Math.round(tookMs)} ms · ${bytes.toLocaleString(document.documentElement.lang)} B`];
}

/** JSON with indents, other texts as they are; null for what is no text. */
function textOf(response: Response, bytes: Uint8Array, isWhole: boolean): string | null {
  const type = response.headers.get('content-type') ?? '';
  if (!/json|xml|^text\//.test(type) || type.includes('spreadsheet')) return null;
  const text = new TextDecoder().decode(bytes);
  return isWhole && type.includes('json') ? JSON.stringify(JSON.parse(text), null, 2) : text;
}
