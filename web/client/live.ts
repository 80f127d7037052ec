/**
 * Follows the server's events: shows the run in progress and renews the figures when new data arrives.
 * The pages work without it.
 */
const strip = document.getElementById('live');
const progressAddress = strip?.dataset['source'];
let isDue = false;
let wantsFigures = false;

let events = follow();
document.addEventListener('visibilitychange', () => {
  events.close();
  if (document.hidden) return;
  events = follow();
  renewSoon(true);
});
addEventListener('pagehide', () => events.close());

for (const form of document.querySelectorAll<HTMLFormElement>('form[data-submit-on-change]')) {
  form.classList.add('scripted');
  form.addEventListener('change', () => form.requestSubmit());
}

/** Only a visible page listens: a browser gives one site six connections, and each open stream keeps one. */
function follow(): EventSource {
  const source = new EventSource('/api/v1/events');
  for (const type of ['run', 'step', 'note']) source.addEventListener(type, () => renewSoon(false));
  source.addEventListener('data', () => renewSoon(true));
  source.addEventListener('open', () => renewSoon(false));
  return source;
}

/** Events come in bursts: one request answers them all. */
function renewSoon(withFigures: boolean): void {
  wantsFigures ||= withFigures;
  if (isDue) return;
  isDue = true;
  setTimeout(() => void renew(), 250);
}

async function renew(): Promise<void> {
  const withFigures = wantsFigures;
  isDue = false;
  wantsFigures = false;
  try {
    const wasRunning = strip?.firstElementChild != null;
    if (strip && progressAddress) strip.replaceChildren(...(await fetchDocument(progressAddress)).body.childNodes);
    const hasEnded = wasRunning && strip?.firstElementChild == null;
    if ((withFigures || hasEnded) && !isWriting()) await renewFigures();
  } catch {
    // The server is away: ask again when it may be back.
    setTimeout(() => renewSoon(withFigures), 5000);
  }
}

async function renewFigures(): Promise<void> {
  const fresh = await fetchDocument(location.href);
  const [now, next] = [document.getElementById('main'), fresh.getElementById('main')];
  if (!now || !next) return;
  const open = [...now.querySelectorAll('details')].map((one) => one.open);
  document.title = fresh.title;
  now.replaceWith(next);
  next.querySelectorAll('details').forEach((one, index) => {
    one.open = open[index] ?? false;
  });
}

async function fetchDocument(address: string): Promise<Document> {
  const response = await fetch(address, { headers: { accept: 'text/html' } });
  if (!response.ok) throw new TypeError(`${address} answered ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}

/** Nobody's half-written words are swept away. */
function isWriting(): boolean {
  const focused = document.activeElement;
  return focused instanceof HTMLInputElement || focused instanceof HTMLSelectElement;
}
