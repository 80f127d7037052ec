import type { VNode } from 'preact';
import type { Score } from '../../src/api/contract.ts';
import { skillChart } from '../charts/forecast-charts.ts';
import { TimeChart } from '../charts/time-chart.tsx';
import type { Visit } from '../visit.ts';
import { Notice } from './states.tsx';
import { DataTable } from './table.tsx';
import { Change } from './texts.tsx';

/** Below this the gain is too small to be called one. */
const slightSkill = 0.05;

/** The first thing the forecast page says: whether the model beats today's price at all. */
export function SkillHeadline({ visit, scores }: { visit: Visit; scores: readonly Score[] }): VNode {
  const { t, f } = visit;
  const held = heldOut(scores);
  if (held.length === 0) {
    return (
      <Notice tone="warn" title={t.forecast.unknownTitle}>
        {t.forecast.unknownText}
      </Notice>
    );
  }
  if (isNaive(held)) {
    return (
      <Notice tone="warn" title={t.forecast.naiveTitle}>
        {t.forecast.naiveText}
      </Notice>
    );
  }
  const skill = held.reduce((sum, score) => sum + score.skillVsNaive, 0) / held.length;
  if (skill <= 0) {
    return (
      <Notice tone="warn" title={t.forecast.notBetterTitle}>
        {t.forecast.notBetterText(f.signedPercent(-skill * 100, 1))}
      </Notice>
    );
  }
  return (
    <Notice
      tone={skill < slightSkill ? 'info' : 'good'}
      title={skill < slightSkill ? t.forecast.slightTitle : t.forecast.betterTitle}
    >
      {t.forecast.betterText(f.percent(skill * 100, 1))}
    </Notice>
  );
}

/** The champion is the rule that the price stays: it differs from itself nowhere. */
function isNaive(held: readonly Score[]): boolean {
  return held.every((score) => score.skillVsNaive === 0);
}

/** The champion in plain words: how much better than today's price, and how many intervals of ten held. */
export function ChampionCard({ visit, scores }: { visit: Visit; scores: readonly Score[] }): VNode | null {
  const { t, f } = visit;
  const held = heldOut(scores);
  if (held.length === 0) return null;
  const shown = held.filter((score) => [1, 2, 3, 5, 7, 10, 14].includes(score.horizon));
  return (
    <section>
      <h2>{t.forecast.cardTitle}</h2>
      <p>{t.forecast.cardText(Math.min(...held.map((score) => score.origins)))}</p>
      <PlainWords visit={visit} score={held[0]} />
      {!isNaive(held) && (
        <figure class="figure">
          <figcaption>
            <h3>{t.forecast.chartSkill}</h3>
          </figcaption>
          <TimeChart model={skillChart(held, visit)} />
        </figure>
      )}
      <DataTable
        caption={t.forecast.cardTitle}
        rows={shown}
        columns={[
          { label: t.forecast.cardStep, kind: 'text', cell: (score) => String(score.horizon) },
          {
            label: t.forecast.cardSkill,
            cell: (score) => <Change value={score.skillVsNaive}>{f.signedPercent(score.skillVsNaive * 100, 1)}</Change>,
          },
          { label: t.forecast.cardMae, cell: (score) => f.money(score.mae) },
          { label: t.forecast.cardHeld80, cell: (score) => heldText(visit, score.coverage80) },
          { label: t.forecast.cardHeld95, cell: (score) => heldText(visit, score.coverage95) },
        ]}
      />
    </section>
  );
}

/** How often the interval held and how large the error was, for the step that most people ask about. */
function PlainWords({ visit, score }: { visit: Visit; score: Score | undefined }): VNode | null {
  const { t, f } = visit;
  if (score === undefined) return null;
  return <p>{t.forecast.plain(Math.round(score.coverage80 * 10), f.money(score.mae))}</p>;
}

function heldText({ t, f }: Visit, coverage: number): string {
  return t.forecast.held(f.number(coverage * 10, 0), f.percent(coverage * 100, 0));
}

/** The report block where there is one: it was never used for choosing. */
function heldOut(scores: readonly Score[]): Score[] {
  const report = scores.filter((score) => score.block === 'report');
  return [...(report.length > 0 ? report : scores)].sort((a, b) => a.horizon - b.horizon);
}
