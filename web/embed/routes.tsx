import type { Context, Hono } from 'hono';
import type { ComponentChildren, VNode } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { type AssayApi, metalSchema, type Problem, type Provenance, type Quote } from '../../src/api/contract.ts';
import { addMonths } from '../charts/days.ts';
import { fanChart } from '../charts/forecast-charts.ts';
import { buySellChart, pointsOf } from '../charts/price-charts.ts';
import { type ChartModel, TimeChart } from '../charts/time-chart.tsx';
import { RangeBar, Sparkline } from '../parts/small-charts.tsx';
import { Change } from '../parts/texts.tsx';
import { createVisit, oneOf, understand, type Visit } from '../visit.ts';

export const embedKinds = ['card', 'history', 'forecast'] as const;
export type EmbedKind = (typeof embedKinds)[number];

/** How far back the history of a widget reaches. */
export const embedRanges = ['m1', 'm6', 'y1', 'y5', 'all'] as const;

export interface EmbedOptions {
  readonly api: AssayApi;
  readonly defaultLang: 'ru' | 'en';
  readonly style: { readonly address: string };
  readonly problemOf: (error: unknown) => Problem;
}

/** Any site may frame these pages and nothing else of ours: they hold no form, no script and no cookie. */
const headers = {
  'content-security-policy':
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'none'; base-uri 'none'; frame-ancestors *",
  'cross-origin-resource-policy': 'cross-origin',
  'cache-control': 'public, max-age=300',
  'referrer-policy': 'no-referrer',
  vary: 'Accept-Language',
};

/** Widgets for other people's pages: /embed/{metal}/{card|history|forecast}?lang&theme&range. */
export function addEmbedRoutes(app: Hono, options: EmbedOptions): void {
  for (const kind of embedKinds) {
    app.get(`/embed/:metal{${metalSchema.options.join('|')}}/${kind}`, async (context) => {
      const provenance = await options.api.provenance();
      const visit = visitOf(context, options, provenance);
      return context.html(
        `<!doctype html>${renderToString(await draw(kind, visit, options.style.address))}`,
        200,
        headers,
      );
    });
  }
}

/** A widget is read by its address alone: cookies of a visitor are no business of a foreign page. */
function visitOf(context: Context, options: EmbedOptions, provenance: Provenance): Visit {
  const url = new URL(context.req.url);
  url.searchParams.set('metal', context.req.param('metal') ?? 'gold');
  const address = understand(
    {
      url,
      cookie: () => undefined,
      acceptLanguage: context.req.header('accept-language') ?? '',
      defaultLang: options.defaultLang,
    },
    { range: oneOf(embedRanges) },
  );
  return createVisit(address, {
    api: options.api,
    problemOf: options.problemOf,
    provenance,
    path: url.pathname,
    origin: url.origin,
    formToken: '',
  });
}

async function draw(kind: EmbedKind, visit: Visit, style: string): Promise<VNode> {
  const { t, metal } = visit;
  if (kind === 'card') {
    return (
      <Frame visit={visit} style={style} title={t.today.title(t.ofMetal[metal])} path="/">
        <Card visit={visit} {...(await visit.api.today(metal))} />
      </Frame>
    );
  }
  const model = kind === 'history' ? await historyModel(visit) : await forecastModel(visit);
  const title = kind === 'history' ? t.history.title(t.ofMetal[metal]) : t.forecast.title(t.ofMetal[metal]);
  return (
    <Frame visit={visit} style={style} title={title} path={`/${kind}`}>
      {model === null ? <p>{t.state.emptyTitle}</p> : <TimeChart model={{ ...model, height: 240 }} />}
    </Frame>
  );
}

async function historyModel(visit: Visit): Promise<ChartModel | null> {
  const { api, metal, values } = visit;
  const quotes = await api.quotes({ metal });
  const last = quotes.at(-1)?.date;
  if (last === undefined) return null;
  const months = { m1: 1, m6: 6, y1: 12, y5: 60, all: null }[values['range'] ?? 'y1'] ?? null;
  const from = months === null ? '' : addMonths(last, -months);
  const shown = quotes.filter((quote) => quote.date >= from);
  return buySellChart(shown, metal, visit);
}

async function forecastModel(visit: Visit): Promise<ChartModel | null> {
  const { api, metal } = visit;
  const { vintage } = await api.forecast(metal);
  if (vintage === null) return null;
  const quotes = await api.quotes({ metal, from: addMonths(vintage.cutoff, -3) });
  return fanChart(quotes, vintage, visit);
}

interface CardProps {
  readonly visit: Visit;
  readonly last: Quote | null;
  readonly recent: readonly Quote[];
  readonly yearLow: number | null;
  readonly yearHigh: number | null;
}

function Card({ visit, last, recent, yearLow, yearHigh }: CardProps): VNode {
  const { t, f } = visit;
  if (last === null) return <p>{t.state.emptyTitle}</p>;
  const hasYear = yearLow !== null && yearHigh !== null && yearHigh > yearLow;
  const share = hasYear ? (last.buyRubPerGram - yearLow) / (yearHigh - yearLow) : 0;
  return (
    <>
      <p class="big">
        {f.number(last.buyRubPerGram)} <span class="unit">₽ {t.common.perGram}</span>
      </p>
      {last.changeRub !== null && last.changePercent !== null && (
        <p>
          <Change value={last.changeRub}>
            {f.signedMoney(last.changeRub)} ({f.signedPercent(last.changePercent)})
          </Change>
        </p>
      )}
      <p class="note">{f.date(last.date)}</p>
      <Sparkline points={pointsOf(recent, (quote) => quote.buyRubPerGram)} />
      {hasYear && <RangeBar share={share} label={t.today.yearText(f.percent(share * 100, 0))} />}
    </>
  );
}

interface FrameProps {
  readonly visit: Visit;
  readonly style: string;
  readonly title: string;
  readonly path: string;
  readonly children: ComponentChildren;
}

function Frame({ visit, style, title, path, children }: FrameProps): VNode {
  const { t, f, provenance } = visit;
  const through = provenance.lastEffectiveDate;
  return (
    <html lang={visit.lang} data-theme={visit.theme ?? undefined} class="embed">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        {/* Or the browser asks the site for one. */}
        <link rel="icon" href="data:," />
        <title>{`${provenance.simulated ? 'SIMULATED · ' : ''}${title} · ${t.brand.name}`}</title>
        <link rel="stylesheet" href={style} />
      </head>
      <body>
        {provenance.simulated && (
          <p class="simulated-banner" role="status">
            SIMULATED · {t.state.simulatedTitle}
          </p>
        )}
        <main>
          <h1>{title}</h1>
          {children}
        </main>
        <footer class="note">
          {provenance.simulated ? t.state.simulatedTitle : t.system.names.source}
          {through !== null && `, ${f.date(through, 'short')}`} ·{' '}
          <a href={`${visit.origin}${visit.link(path)}`} target="_blank" rel="noopener">
            {t.brand.name}
          </a>
        </footer>
      </body>
    </html>
  );
}
