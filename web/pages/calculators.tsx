import type { VNode } from 'preact';
import type { MetalName, Quote } from '../../src/api/contract.ts';
import { alloyValue, hallmarks, holdingValue } from '../calculations.ts';
import { addMonths, dayOf } from '../charts/days.ts';
import { type Page, type PageView, runInProgress } from '../page.ts';
import { Choice, DateField, NumberField, numberOf } from '../parts/fields.tsx';
import { KeptState } from '../parts/forms.tsx';
import { MoveBars } from '../parts/small-charts.tsx';
import { EmptyState, Notice } from '../parts/states.tsx';
import { Facts } from '../parts/texts.tsx';
import { dateParameter, numberParameter, oneOf, type Visit } from '../visit.ts';

const alloyFields = ['mass', 'hallmark', 'payout'];
const holdingFields = ['amount', 'unit', 'since', 'until', 'discount'];

/** A price holds until the next one; New Year has thirteen days without. */
const longestHoldDays = 15;

export const calculatorsPage: Page = {
  path: '/calculators',
  parameters: {
    mass: numberParameter(0.01, 1_000_000),
    hallmark: oneOf(hallmarks),
    payout: numberParameter(0, 100),
    amount: numberParameter(0.01, 1_000_000_000),
    unit: oneOf(['g', 'rub']),
    since: dateParameter,
    until: dateParameter,
    discount: numberParameter(0, 99),
    on: dateParameter,
  },
  view: viewCalculators,
  charts: {},
};

async function viewCalculators(visit: Visit): Promise<PageView> {
  const { api, metal, t } = visit;
  const title = t.calculators.title(t.ofMetal[metal]);
  const { last } = await api.today(metal);
  if (last === null) {
    const run = await runInProgress(visit);
    return { title, run, isWaiting: true, body: <EmptyState speech={visit} run={run} /> };
  }
  const since = visit.values['since'] ?? addMonths(last.date, -12);
  const until = visit.values['until'];
  const on = visit.values['on'] ?? last.date;
  const [bought, valued, priced] = await Promise.all([
    priceInForce(visit, metal, since),
    until === undefined ? last : priceInForce(visit, metal, until),
    priceInForce(visit, metal, on),
  ]);
  const body = (
    <>
      <h1>{title}</h1>
      <p>{t.calculators.text}</p>
      <Alloy visit={visit} last={last} />
      <Holding visit={visit} since={since} bought={bought} valued={valued} last={last} />
      <OnDate visit={visit} on={on} priced={priced} last={last} />
    </>
  );
  return { title, body };
}

/** The price of a day, or the one that still holds on it; null where there was none. */
async function priceInForce({ api }: Visit, metal: MetalName, date: string): Promise<Quote | null> {
  const quote = (await api.quotes({ metal, from: addMonths(date, -1), to: date })).at(-1);
  return quote === undefined || dayOf(date) - dayOf(quote.date) > longestHoldDays ? null : quote;
}

function Alloy({ visit, last }: { visit: Visit; last: Quote }): VNode {
  const { t, f, values } = visit;
  const c = t.calculators;
  const request = {
    massGrams: numberOf(values['mass'], 10),
    hallmark: numberOf(values['hallmark'], 585),
    payoutPercent: numberOf(values['payout'], 100),
    priceRubPerGram: last.buyRubPerGram,
  };
  const value = alloyValue(request);
  return (
    <section class="card wide calculator" id="alloy">
      <h2>{c.alloyTitle}</h2>
      <form class="form-row" method="get" action="/calculators#alloy" data-submit-on-change>
        <KeptState visit={visit} except={alloyFields} />
        <NumberField visit={visit} name="mass" label={c.mass} fallback="10" />
        <Choice
          visit={visit}
          name="hallmark"
          label={c.hallmark}
          chosen={String(request.hallmark)}
          choices={hallmarks.map((mark) => ({ value: mark, label: mark }))}
        />
        <NumberField visit={visit} name="payout" label={c.payout} fallback="100" />
        <button type="submit">{c.count}</button>
      </form>
      <Facts
        facts={[
          {
            label: c.payoutSum,
            value: f.money(value.payoutRub),
            note: c.perGramOfAlloy(f.money(value.payoutRubPerGram)),
          },
          { label: c.pure, value: c.grams(f.number(value.pureGrams, 3)) },
          {
            label: c.metalSum,
            value: f.money(value.metalRub),
            note: c.byPrice(f.money(last.buyRubPerGram), f.date(last.date, 'short')),
          },
        ]}
      />
      <p class="note">{c.alloyNote}</p>
    </section>
  );
}

interface HoldingProps {
  readonly visit: Visit;
  readonly since: string;
  readonly bought: Quote | null;
  readonly valued: Quote | null;
  readonly last: Quote;
}

function Holding({ visit, since, bought, valued, last }: HoldingProps): VNode {
  const { t, values } = visit;
  const c = t.calculators;
  const unit = values['unit'] === 'rub' ? 'rub' : 'g';
  return (
    <section class="card wide calculator" id="holding">
      <h2>{c.holdingTitle}</h2>
      <form class="form-row" method="get" action="/calculators#holding" data-submit-on-change>
        <KeptState visit={visit} except={holdingFields} />
        <NumberField visit={visit} name="amount" label={c.amount} fallback="100" />
        <Choice
          visit={visit}
          name="unit"
          label={c.unit}
          chosen={unit}
          choices={[
            { value: 'g', label: c.unitGrams },
            { value: 'rub', label: c.unitRoubles },
          ]}
        />
        <DateField visit={visit} name="since" label={c.since} fallback={since} last={last.date} />
        <DateField visit={visit} name="until" label={c.until} fallback={last.date} last={last.date} />
        <NumberField visit={visit} name="discount" label={c.discount} fallback="0" />
        <button type="submit">{c.count}</button>
      </form>
      <HoldingResult visit={visit} since={since} bought={bought} valued={valued} unit={unit} />
    </section>
  );
}

function HoldingResult(props: Omit<HoldingProps, 'last'> & { unit: 'g' | 'rub' }): VNode {
  const { visit, since, bought, valued, unit } = props;
  const { t, f, metal, values } = visit;
  const c = t.calculators;
  if (bought === null) return <Notice tone="warn" title={c.noPrice(t.ofMetal[metal], f.date(since))} />;
  if (valued === null) {
    return <Notice tone="warn" title={c.noPrice(t.ofMetal[metal], f.date(values['until'] ?? since))} />;
  }
  if (valued.date < bought.date) {
    return <Notice tone="warn" title={c.reversed(f.date(bought.date), f.date(valued.date))} />;
  }
  const discountPercent = numberOf(values['discount'], 0);
  const value = holdingValue({ amount: numberOf(values['amount'], 100), unit, bought, now: valued, discountPercent });
  return (
    <>
      <Facts
        facts={[
          {
            label: c.profit,
            value: f.signedMoney(value.profitRub),
            note:
              value.yearlyPercent === null
                ? f.signedPercent(value.profitPercent)
                : c.yearly(f.signedPercent(value.profitPercent), f.signedPercent(value.yearlyPercent)),
          },
          {
            label: c.paid,
            value: f.money(value.paidRub),
            note: c.byPrice(f.money(bought.buyRubPerGram), f.date(bought.date, 'short')),
          },
          {
            label: c.worth,
            value: f.money(value.worthRub),
            note: c.byPrice(f.money(valued.buyRubPerGram), f.date(valued.date, 'short')),
          },
          { label: c.weight, value: c.grams(f.number(value.grams, 3)) },
        ]}
      />
      {value.metalRub !== null && value.roubleRub !== null && (
        <MoveBars
          speech={visit}
          moves={[
            { label: t.today.movedMetal, rub: value.metalRub, tone: 'metal' },
            { label: t.today.movedRouble, rub: value.roubleRub, tone: 'rouble' },
            ...(value.discountRub === 0
              ? []
              : [{ label: c.discountPart, rub: value.discountRub, tone: 'rouble' as const }]),
          ]}
        />
      )}
      {value.profitUsdPercent !== null && <p>{c.inDollars(f.signedPercent(value.profitUsdPercent))}</p>}
      <p>{c.inMetal(f.money(value.paidRub), f.number(value.paidBuysNowGrams, 3), f.number(value.grams, 3))}</p>
      <p class="note">{c.holdingNote}</p>
    </>
  );
}

function OnDate(props: { visit: Visit; on: string; priced: Quote | null; last: Quote }): VNode {
  const { visit, on, priced, last } = props;
  const { t, f, metal } = visit;
  const c = t.calculators;
  return (
    <section class="card wide calculator" id="on">
      <h2>{c.onTitle}</h2>
      <form class="form-row" method="get" action="/calculators#on" data-submit-on-change>
        <KeptState visit={visit} except={['on']} />
        <DateField visit={visit} name="on" label={t.common.date} fallback={on} last={last.date} />
        <button type="submit">{c.count}</button>
      </form>
      {priced === null ? (
        <Notice tone="warn" title={c.noPrice(t.ofMetal[metal], f.date(on))} />
      ) : (
        <>
          <Facts
            facts={[
              {
                label: c.priceOn(f.date(on)),
                value: f.money(priced.buyRubPerGram),
                note: priced.date === on ? c.setFor : c.held(f.date(priced.date)),
              },
              { label: t.columns.usd, value: priced.usdRub === null ? t.common.noData : f.number(priced.usdRub, 4) },
              {
                label: t.columns.ounce,
                value: priced.impliedUsdPerOunce === null ? t.common.noData : f.number(priced.impliedUsdPerOunce),
              },
            ]}
          />
          <p>
            <a href={visit.link('/history', { from: addMonths(on, -1), to: on })}>{c.toHistory} →</a>
          </p>
        </>
      )}
    </section>
  );
}
