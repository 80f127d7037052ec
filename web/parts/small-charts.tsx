import type { VNode } from 'preact';
import { linePath } from '../charts/marks.tsx';
import { linearScale, paddedDomain } from '../charts/scale.ts';
import { type Point, traceParts } from '../charts/trace.ts';
import type { Speech } from '../i18n/dictionary.ts';
import { Change } from './texts.tsx';

/** The shape of a trace without axes, broken where there were no quotes; its numbers stand beside it. */
export function Sparkline({ points }: { points: readonly Point[] }): VNode {
  const from = points[0]?.day ?? 0;
  const x = linearScale([from, Math.max(from + 1, points.at(-1)?.day ?? 0)], [1, 119]);
  const y = linearScale(
    paddedDomain(
      points.map((point) => point.value),
      false,
    ),
    [36, 0],
  );
  return (
    <svg class="sparkline" viewBox="0 0 120 36" preserveAspectRatio="none" aria-hidden="true">
      <path class="line buy" d={linePath(traceParts(points, 14), x, y)} />
    </svg>
  );
}

/** Where a value stands between two ends; `share` 0..1. */
export function RangeBar({ share, label }: { share: number; label: string }): VNode {
  const at = `${Math.round(Math.min(1, Math.max(0, share)) * 1000) / 10}%`;
  return (
    <svg class="range-bar" width="100%" height="18" role="img" aria-label={label}>
      <title>{label}</title>
      <rect class="rail" x="0" y="7" width="100%" height="4" rx="2" />
      <rect class="filled" x="0" y="7" width={at} height="4" rx="2" />
      <circle cx={at} cy="9" r="7" />
    </svg>
  );
}

export interface Move {
  readonly label: string;
  readonly rub: number;
  readonly tone: 'metal' | 'rouble';
}

/** Parts of a change in roubles, as bars from a common zero. */
export function MoveBars({ speech, moves }: { speech: Speech; moves: readonly Move[] }): VNode {
  const most = Math.max(...moves.map((move) => Math.abs(move.rub)), 0.01);
  return (
    <ul class="moves">
      {moves.map((move) => {
        const width = Math.round((Math.abs(move.rub) / most) * 480) / 10;
        return (
          <li key={move.label}>
            <span>{move.label}</span>
            <Change value={Math.round(move.rub * 100) / 100}>{speech.f.signedMoney(move.rub)}</Change>
            <svg class="move-bar" width="100%" height="8" aria-hidden="true">
              <rect class="rail" width="100%" height="8" rx="2" />
              <rect class={move.tone} x={`${move.rub >= 0 ? 50 : 50 - width}%`} width={`${width}%`} height="8" />
              <line class="middle" x1="50%" x2="50%" y1="0" y2="8" />
            </svg>
          </li>
        );
      })}
    </ul>
  );
}
