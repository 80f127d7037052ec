import type { VNode } from 'preact';
import type { Place, Quote, Today } from '../../src/api/contract.ts';
import type { Visit } from '../visit.ts';
import { RangeBar } from './small-charts.tsx';

interface CardProps {
  readonly visit: Visit;
  readonly today: Today;
  readonly last: Quote;
}

/** Where the price stands between the lowest and the highest of its year. */
export function YearCard({ visit, today, last }: CardProps): VNode | null {
  const { t, f } = visit;
  const { yearLow, yearHigh } = today;
  if (yearLow === null || yearHigh === null) return null;
  const share = yearHigh > yearLow ? (last.buyRubPerGram - yearLow) / (yearHigh - yearLow) : 1;
  const streak = streakOf(today.recent);
  return (
    <section class="card">
      <h2>{t.today.yearTitle}</h2>
      <RangeBar share={share} label={t.today.yearText(f.percent(share * 100, 0))} />
      <p class="ends">
        <span>
          {t.today.yearLow}
          <br />
          {f.number(yearLow)}
        </span>
        <span>
          {t.today.yearHigh}
          <br />
          {f.number(yearHigh)}
        </span>
      </p>
      <p class="note">{t.today.yearText(f.percent(share * 100, 0))}.</p>
      {Math.abs(streak) > 1 && <p class="note">{t.today.streak(Math.abs(streak), streak > 0)}</p>}
    </section>
  );
}

/** Where the price stands among all prices ever, and the records. */
export function HistoryCard({ visit, today, last }: CardProps): VNode | null {
  const { t, f } = visit;
  const { place, allTimeHigh, allTimeHighDate } = today;
  if (place === null || place.quotes < 2) return null;
  const share = place.lowerQuotes / (place.quotes - 1);
  const text = t.today.historyText(f.percent(share * 100, 0), f.date(place.firstDate));
  const isRecord = allTimeHigh !== null && last.buyRubPerGram >= allTimeHigh;
  return (
    <section class="card">
      <h2>{t.today.historyTitle}</h2>
      <RangeBar share={share} label={text} />
      <p class="note">{text}.</p>
      {isRecord && <p class="note">{t.today.recordNow}</p>}
      {!isRecord && allTimeHigh !== null && allTimeHighDate !== null && (
        <p class="note">{t.today.record(f.money(allTimeHigh), f.date(allTimeHighDate))}</p>
      )}
      <p class="note">{t.today.highs(place.highsInYear)}</p>
      <Extreme visit={visit} label={t.today.rise} day={place.largestRise} />
      <Extreme visit={visit} label={t.today.fall} day={place.largestFall} />
    </section>
  );
}

function Extreme(props: { visit: Visit; label: string; day: Place['largestRise'] }): VNode | null {
  const { visit, label, day } = props;
  if (day === null) return null;
  const { f } = visit;
  return (
    <p class="note">
      {label}: {f.signedPercent(day.percent)}, {f.date(day.date, 'short')}
    </p>
  );
}

/** How many quotes in a row rose (positive) or fell (negative), counted from the newest. */
export function streakOf(quotes: readonly Quote[]): number {
  let streak = 0;
  for (const { changeRub } of [...quotes].reverse()) {
    const sign = Math.sign(changeRub ?? 0);
    if (sign === 0 || (streak !== 0 && sign !== Math.sign(streak))) break;
    streak += sign;
  }
  return streak;
}
