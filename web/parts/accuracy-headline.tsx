import type { VNode } from 'preact';
import type { Accuracy, ModelFigures } from '../../src/api/contract.ts';
import type { Visit } from '../visit.ts';
import { Notice } from './states.tsx';

/** The first thing the accuracy page says: whether the forecasts beat today's price, and how sure that is. */
export function AccuracyHeadline({ visit, accuracy }: { visit: Visit; accuracy: Accuracy }): VNode {
  const { t, f } = visit;
  const { figures, report } = accuracy;
  if (report === null || report.champion === null || figures.length === 0) {
    return (
      <Notice tone="warn" title={t.forecast.unknownTitle}>
        {t.forecast.unknownText}
      </Notice>
    );
  }
  const verdict = verdictOf(figures);
  const { from, to, origins } = report.blocks.report;
  return (
    <Notice tone={verdict.tone} title={t.accuracy.question}>
      <p>{sentence(visit, report.champion, verdict)}</p>
      {verdict.kind !== 'naive' && <NextStep visit={visit} figures={figures} confidence={report.confidence} />}
      <p class="note">{t.accuracy.held(origins, f.date(from), f.date(to))}</p>
    </Notice>
  );
}

interface Verdict {
  readonly kind: 'naive' | 'better' | 'worse' | 'unsure';
  readonly tone: 'good' | 'warn' | 'info';
  readonly count: number;
  readonly all: number;
}

/** Better or worse only where the whole interval lies on one side of zero. */
function verdictOf(figures: readonly ModelFigures[]): Verdict {
  const skills = figures.map(({ metrics }) => metrics.skillVsNaive);
  const all = skills.length;
  if (figures.every(({ model }) => model === 'naive')) return { kind: 'naive', tone: 'warn', count: 0, all };
  const better = skills.filter(({ lower }) => lower !== null && lower > 0).length;
  const worse = skills.filter(({ upper }) => upper !== null && upper < 0).length;
  if (better > worse) return { kind: 'better', tone: 'good', count: better, all };
  if (worse > 0) return { kind: 'worse', tone: 'warn', count: worse, all };
  return { kind: 'unsure', tone: 'info', count: 0, all };
}

function sentence({ t }: Visit, champion: string, { kind, count, all }: Verdict): string {
  if (kind === 'naive') return t.accuracy.naive;
  if (kind === 'unsure') return t.accuracy.unsure(champion);
  return t.accuracy[kind](champion, count, all);
}

function NextStep(props: { visit: Visit; figures: readonly ModelFigures[]; confidence: number }): VNode | null {
  const { t, f } = props.visit;
  const skill = props.figures.find(({ horizon }) => horizon === 1)?.metrics.skillVsNaive;
  if (skill === undefined || skill.value === null || skill.lower === null || skill.upper === null) return null;
  const [value, low, high] = [skill.value, skill.lower, skill.upper].map((one) => f.signedPercent(100 * one, 1));
  return <p>{t.accuracy.next(value ?? '', low ?? '', high ?? '', f.percent(100 * props.confidence, 0))}</p>;
}
