import type { VNode } from 'preact';
import type { NowcastView } from '../../src/api/contract.ts';
import { settle } from '../page.ts';
import type { Visit } from '../visit.ts';
import { Notice, ProblemNotice } from './states.tsx';
import { type Fact, Facts } from './texts.tsx';

/**
 * What of the next price is settled, part by part, and when the rest will be; an alarm where the Bank's formula stopped
 * holding. Nothing once that price is out (`lastDate`: the newest price shown), or before the first nowcast.
 */
export async function nowcastCard(visit: Visit, lastDate: string): Promise<VNode | null> {
  const answer = await settle(visit, visit.api.nowcast(visit.metal));
  if (!answer.ok) return <ProblemNotice speech={visit} problem={answer.problem} />;
  const nowcast = answer.value;
  return nowcast === null || nowcast.targetDate <= lastDate ? null : <NowcastCard visit={visit} nowcast={nowcast} />;
}

function NowcastCard({ visit, nowcast }: { visit: Visit; nowcast: NowcastView }): VNode {
  const { t, f } = visit;
  const { rule, drivers } = nowcast;
  return (
    <section class="nowcast">
      <h2>{t.nowcastCard.title}</h2>
      {nowcast.alarm !== null && (
        <Notice tone="alarm" title={t.nowcastCard.alarm}>
          {t.nowcastCard.alarmText(rule.unexplained, rule.checked === null ? '–' : f.date(rule.checked, 'short'))}
        </Notice>
      )}
      <p class="lead">{settled(visit, nowcast)}</p>
      <Facts facts={[expected(visit, nowcast), metalLeg(visit, nowcast), roubleLeg(visit, nowcast)]} />
      <p class="note">
        {!drivers.includes('london') && `${t.nowcastCard.noDrivers} `}
        {!nowcast.isFixed && `${t.nowcastCard.priceAt(f.instant(nowcast.priceExpectedAt))} `}
        {t.nowcastCard.by(nowcast.model, f.instant(nowcast.madeAt))}
      </p>
    </section>
  );
}

function settled({ t }: Visit, { isFixed, gold, rouble }: NowcastView): string {
  if (isFixed) return t.nowcastCard.fixed;
  const isEither = gold.state === 'fixed' || rouble.state === 'fixed';
  return isEither ? t.nowcastCard.oneLeg : t.nowcastCard.noLeg;
}

/** A settled price has no interval: it is what it is. */
function expected({ t, f }: Visit, nowcast: NowcastView): Fact {
  const { meanRubPerGram: mean, lastRubPerGram: last, quantilesRubPerGram: quantiles, isFixed } = nowcast;
  const [low, high] = [quantiles['0.1'], quantiles['0.9']];
  const change = `${f.signedMoney(mean - last)} (${f.signedPercent(100 * (mean / last - 1))})`;
  const hasInterval = !isFixed && low !== undefined && high !== undefined;
  return {
    label: t.nowcastCard.mean,
    value: `${isFixed ? '' : '≈ '}${f.money(mean)}`,
    note: hasInterval ? `${change} · ${t.nowcastCard.sure(f.number(low), f.number(high))}` : change,
  };
}

function metalLeg({ t, f }: Visit, { gold }: NowcastView): Fact {
  const { state, usdPerOunce, date, expectedAt } = gold;
  return {
    label: t.nowcastCard.metal,
    value: usdPerOunce === null ? '–' : t.nowcastCard.perOunce(f.number(usdPerOunce)),
    note: noteOf([
      t.nowcastCard.metalStates[state],
      date === null ? null : f.date(date, 'short'),
      expectedAt === null ? null : t.nowcastCard.expected(f.instant(expectedAt)),
    ]),
  };
}

function roubleLeg({ t, f }: Visit, { rouble }: NowcastView): Fact {
  const { state, rubPerUsd, date, expectedAt } = rouble;
  return {
    label: t.nowcastCard.rouble,
    value: rubPerUsd === null ? '–' : t.nowcastCard.perDollar(f.number(rubPerUsd, 4)),
    note: noteOf([
      t.nowcastCard.roubleStates[state],
      date === null ? null : f.date(date, 'short'),
      expectedAt === null ? null : t.nowcastCard.expected(f.instant(expectedAt)),
    ]),
  };
}

function noteOf(parts: readonly (string | null)[]): string {
  return parts.filter((part) => part !== null).join(' · ');
}
