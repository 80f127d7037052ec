import type { VNode } from 'preact';
import { type ForecastView, type MetalName, metalSchema, type Quote, type Today } from '../../src/api/contract.ts';
import { addMonths, dateOf, dayOf } from '../charts/days.ts';
import { buySellChart, changeChart, pointsOf } from '../charts/price-charts.ts';
import { type Page, type PageView, runInProgress, type Settled, settle } from '../page.ts';
import { Figure, widgetOf } from '../parts/figure.tsx';
import { StaleNotice } from '../parts/layout.tsx';
import { nowcastCard } from '../parts/nowcast-card.tsx';
import { HistoryCard, YearCard } from '../parts/place-cards.tsx';
import { MovedCard, Sentence } from '../parts/price-moves.tsx';
import { QuoteTable } from '../parts/quote-table.tsx';
import { Sparkline } from '../parts/small-charts.tsx';
import { EmptyState, ProblemNotice } from '../parts/states.tsx';
import { Change, Facts, Money } from '../parts/texts.tsx';
import type { Visit } from '../visit.ts';

export const todayPage: Page = {
  path: '/',
  parameters: {},
  view: viewToday,
  charts: {
    prices: async (visit) => {
      const quotes = await halfYear(visit);
      return quotes.length === 0 ? null : buySellChart(quotes, visit.metal, visit);
    },
    changes: async (visit) => {
      const quotes = await halfYear(visit);
      return quotes.length === 0 ? null : changeChart(quotes, visit);
    },
  },
};

async function viewToday(visit: Visit): Promise<PageView> {
  const { api, metal, t } = visit;
  const today = await api.today(metal);
  const title = t.today.title(t.ofMetal[metal]);
  if (today.last === null) {
    const run = await runInProgress(visit);
    return { title, run, isWaiting: true, body: <EmptyState speech={visit} run={run} /> };
  }
  const others = metalSchema.options.filter((name) => name !== metal);
  const [quotes, forecast, ...rest] = await Promise.all([
    api.quotes({ metal, from: addMonths(today.last.date, -6) }),
    settle(visit, api.forecast(metal)),
    ...others.map((name) => settle(visit, api.today(name))),
  ]);
  const all = [today, ...rest.flatMap((one) => (one.ok ? [one.value] : []))];
  const body = (
    <>
      <Stale visit={visit} today={today} />
      <Hero visit={visit} today={today} last={today.last} forecast={forecast} />
      {await nowcastCard(visit, today.last.date)}
      <Metals visit={visit} all={all} />
      <HalfYear visit={visit} quotes={quotes} />
    </>
  );
  return { title, body };
}

async function halfYear({ api, metal }: Visit): Promise<Quote[]> {
  const { last } = await api.today(metal);
  return last === null ? [] : api.quotes({ metal, from: addMonths(last.date, -6) });
}

/** Stale once the day of the next quote has come and the quote has not. */
function Stale({ visit, today }: { visit: Visit; today: Today }): VNode | null {
  const { last, ageDays, nextQuoteDate } = today;
  if (last === null || ageDays === null || nextQuoteDate === null) return null;
  const now = dateOf(dayOf(last.date) + ageDays);
  return now >= nextQuoteDate ? <StaleNotice visit={visit} age={ageDays} expected={nextQuoteDate} /> : null;
}

interface HeroProps {
  readonly visit: Visit;
  readonly today: Today;
  readonly last: Quote;
  readonly forecast: Settled<ForecastView>;
}

function Hero({ visit, today, last, forecast }: HeroProps): VNode {
  const { t, f, metal } = visit;
  const [roubles, unit] = [f.number(last.buyRubPerGram), `₽ ${t.common.perGram}`];
  return (
    <section class="hero">
      <div class="hero-main">
        <p class="eyebrow">
          {t.metals[metal]} · {t.today.official}
        </p>
        <h1 class="big">
          <span class="visually-hidden">{t.today.title(t.ofMetal[metal])}: </span>
          {roubles} <span class="unit">{unit}</span>
        </h1>
        <p class="hero-change">
          <ChangeLine visit={visit} today={today} last={last} />
        </p>
        <p class="note">
          {t.today.validFrom(f.date(last.date), f.date(last.date, 'weekday'))}
          {today.ageDays !== null && ` · ${today.ageDays < 0 ? t.today.future : t.today.age(today.ageDays)}`}
        </p>
        <Sentence visit={visit} last={last} previous={today.previous} />
      </div>
      <div class="hero-cards">
        <MovedCard visit={visit} last={last} previous={today.previous} />
        <NextCard visit={visit} today={today} forecast={forecast} />
        <YearCard visit={visit} today={today} last={last} />
        <HistoryCard visit={visit} today={today} last={last} />
      </div>
    </section>
  );
}

function ChangeLine({ visit, today, last }: { visit: Visit; today: Today; last: Quote }): VNode {
  const { t, f } = visit;
  if (last.changeRub === null || last.changePercent === null || today.previous === null) {
    return <span class="missing">{t.common.noData}</span>;
  }
  return (
    <>
      <Change value={last.changeRub}>
        {last.changeRub === 0
          ? t.today.unchanged
          : `${f.signedMoney(last.changeRub)} (${f.signedPercent(last.changePercent)})`}
      </Change>{' '}
      <span class="note">{t.today.against(f.date(today.previous.date))}</span>
    </>
  );
}

function NextCard(props: { visit: Visit; today: Today; forecast: Settled<ForecastView> }): VNode {
  const { visit, today, forecast } = props;
  const { t, f } = visit;
  return (
    <section class="card">
      <h2>{t.today.nextTitle}</h2>
      {today.nextQuoteDate !== null && (
        <p class="note">{t.today.nextOn(f.date(today.nextQuoteDate), f.date(today.nextQuoteDate, 'weekday'))}</p>
      )}
      <Due visit={visit} today={today} />
      {forecast.ok ? (
        <NextForecast visit={visit} today={today} forecast={forecast.value} />
      ) : (
        <ProblemNotice speech={visit} problem={forecast.problem} />
      )}
    </section>
  );
}

/** When the value comes; once that instant has passed, when it should have. */
function Due({ visit, today }: { visit: Visit; today: Today }): VNode | null {
  const { t, f, provenance } = visit;
  const at = today.nextExpectedAt;
  if (at === null) return null;
  return (
    <p class="note">{provenance.generatedAt < at ? t.today.due(f.instant(at)) : t.today.overdue(f.instant(at))}</p>
  );
}

function NextForecast(props: { visit: Visit; today: Today; forecast: ForecastView }): VNode {
  const { visit, today, forecast } = props;
  const { t, f } = visit;
  const point = forecast.vintage?.points.find((one) => one.targetDate === today.nextQuoteDate);
  const low = point?.quantilesRubPerGram['0.1'];
  const high = point?.quantilesRubPerGram['0.9'];
  if (point === undefined) return <p class="note">{t.today.nextNone}</p>;
  return (
    <>
      <p class="card-figure">≈ {f.money(point.medianRubPerGram)}</p>
      {low !== undefined && high !== undefined && (
        <p class="note">{t.today.nextInterval(f.number(low), f.money(high))}</p>
      )}
      <p class="note">
        <a href={visit.link('/forecast')}>{t.common.more} →</a>
      </p>
    </>
  );
}

function Metals({ visit, all }: { visit: Visit; all: readonly Today[] }): VNode {
  const { t, f } = visit;
  // A price of another day than its neighbours' says which.
  const newest = all
    .map((one) => one.last?.date ?? '')
    .sort()
    .at(-1);
  const ordered = metalSchema.options.flatMap((name) => all.filter((one) => one.metal === name));
  return (
    <section>
      <h2>{t.today.metalsTitle}</h2>
      <div class="metal-cards">
        {ordered.map((one) => (
          <a
            key={one.metal}
            class="card metal-card"
            href={visit.here({ metal: one.metal })}
            aria-current={markOf(visit.metal, one.metal)}
          >
            <span class="metal-name">{t.metals[one.metal]}</span>
            <Sparkline points={pointsOf(one.recent, (quote) => quote.buyRubPerGram)} />
            <span class="metal-price">
              <Money speech={visit} value={one.last?.buyRubPerGram ?? null} />
            </span>
            {one.last !== null && one.last.changePercent !== null && (
              <Change value={one.last.changePercent}>{f.signedPercent(one.last.changePercent)}</Change>
            )}
            {one.last !== null && one.last.date !== newest && <span class="note">{f.date(one.last.date)}</span>}
          </a>
        ))}
      </div>
    </section>
  );
}

function markOf(current: MetalName, metal: MetalName): 'true' | undefined {
  return current === metal ? 'true' : undefined;
}

function HalfYear({ visit, quotes }: { visit: Visit; quotes: readonly Quote[] }): VNode {
  const { t, f, metal } = visit;
  const prices = quotes.map((quote) => quote.buyRubPerGram);
  const average = prices.reduce((sum, price) => sum + price, 0) / prices.length;
  const newestFirst = [...quotes].reverse();
  const table = <QuoteTable speech={visit} caption={t.today.halfYear} quotes={newestFirst} brief />;
  const files = `/api/v1/metals/${metal}/quotes`;
  const range = `?from=${quotes[0]?.date ?? ''}&to=${quotes.at(-1)?.date ?? ''}`;
  const isEqual = quotes.every((quote) => quote.sellRubPerGram === quote.buyRubPerGram);
  return (
    <section>
      <h2>{t.today.halfYear}</h2>
      <Facts
        facts={[
          { label: t.today.average, value: f.money(average) },
          { label: t.today.counted, value: f.number(quotes.length, 0) },
          { label: t.today.lowest, value: f.money(Math.min(...prices)) },
          { label: t.today.highest, value: f.money(Math.max(...prices)) },
        ]}
      />
      <Figure
        visit={visit}
        model={buySellChart(quotes, metal, visit)}
        table={table}
        svg={visit.link('/chart/prices.svg')}
        widget={widgetOf(visit, 'history', '&range=m6')}
        csv={`${files}.csv${range}`}
        json={`${files}.json${range}`}
        note={isEqual ? t.today.equalSides : undefined}
      />
      <Figure
        visit={visit}
        model={changeChart(quotes, visit)}
        table={<QuoteTable speech={visit} caption={t.today.changeChart} quotes={newestFirst.slice(0, 20)} brief />}
        svg={visit.link('/chart/changes.svg')}
        csv={`${files}.csv${range}`}
        json={`${files}.json${range}`}
      />
    </section>
  );
}
