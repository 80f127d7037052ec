/**
 * Follows the server's events: shows the run in progress and renews the figures when new data arrives.
 * The pages work without it.
 */
import { watchCharts } from './figures.ts';
import { fetchDocument, showDocument, watchLinks } from './swap.ts';
import { watchTries } from './try-request.ts';

const strip = document.getElementById('live');
const away = document.getElementById('away');
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
document.documentElement.classList.add('scripted');
// Before the links, which take every other form that asks.
watchTries();
watchLinks();
watchCharts();

/** Only a visible page listens: a browser gives one site six connections, and each open stream keeps one. */
function follow(): EventSource {
  const source = new EventSource('/api/v1/events');
  for (const type of ['run', 'step', 'note']) source.addEventListener(type, () => renewSoon(false));
  source.addEventListener('data', () => renewSoon(true));
  source.addEventListener('open', () => {
    const wasAway = away?.hidden === false;
    showAway(false);
    renewSoon(wasAway);
  });
  source.addEventListener('error', () => {
    showAway(true);
    // The browser tries again by itself, unless it was answered with a refusal.
    if (source.readyState === EventSource.CLOSED) setTimeout(followAgain, 5000, source);
  });
  return source;
}

/** Only the stream that was given up, and not one that has taken its place, is replaced. */
function followAgain(source: EventSource): void {
  if (source === events && !document.hidden) events = follow();
}

/** What is on the page stays; that it is no longer renewed is said. */
function showAway(isAway: boolean): void {
  if (away !== null) away.hidden = !isAway;
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
    if ((withFigures || hasEnded) && !isBusy()) showDocument(await fetchDocument(location.href));
  } catch {
    // The server is away: ask again when it may be back.
    setTimeout(() => renewSoon(withFigures), 5000);
  }
}

/** Nobody's half-written words are swept away, nor a chart or an answer that someone is reading. */
function isBusy(): boolean {
  const focused = document.activeElement;
  return (
    focused instanceof HTMLInputElement ||
    focused instanceof HTMLSelectElement ||
    focused?.closest('[data-chart], [data-brush]') != null ||
    document.querySelector('.try-answer') !== null
  );
}
