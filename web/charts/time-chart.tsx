import type { VNode } from 'preact';
import { type LegendItem, type Mark, MarkShape, markValues } from './marks.tsx';
import { linearScale, logScale, logTicks, niceTicks, paddedDomain } from './scale.ts';

export interface ChartModel {
  /** Unique on its page; names the chart in the address of its SVG file. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Horizontal domain: day numbers, or steps ahead. */
  readonly from: number;
  readonly to: number;
  readonly ticks: readonly AxisTick[];
  readonly marks: readonly Mark[];
  readonly legend: readonly LegendItem[];
  /** What a pointer at this place is told. */
  readonly tips: readonly Tip[];
  readonly valueLabel: (value: number, digits: number) => string;
  readonly height?: number;
  readonly withZero?: boolean;
  readonly log?: boolean;
  /** What the horizontal axis counts; days unless told. */
  readonly axis?: 'days' | 'months' | 'steps';
  /** Decimals of the values, 2 unless told, and what is printed after them. */
  readonly digits?: number;
  readonly unit?: string;
}

export interface AxisTick {
  readonly at: number;
  readonly label: string;
}

export interface Tip {
  readonly at: number;
  readonly text: string;
}

/** Marks are drawn in a box this wide and stretched; texts keep their size at every width. */
export const plotWidth = 1000;
const padTop = 10;
const padBottom = 26;

/** A chart that fills the width it is given: no script, no inline style, one size of text. */
export function TimeChart({ model }: { model: ChartModel }): VNode {
  const height = model.height ?? 280;
  const plotHeight = height - padTop - padBottom;
  const domain = paddedDomain(model.marks.flatMap(markValues), model.withZero ?? false);
  const isLog = model.log === true && domain[0] > 0;
  const y = (isLog ? logScale : linearScale)(domain, [plotHeight, 0]);
  const x = linearScale([model.from, model.to], [0, plotWidth]);
  const ticks = (isLog ? logTicks : niceTicks)(domain[0], domain[1], 5);
  const digits = digitsOf(ticks);
  return (
    <svg class="chart" role="img" width="100%" height={height} aria-labelledby={`${model.id}-t ${model.id}-d`}>
      <title id={`${model.id}-t`}>{model.title}</title>
      <desc id={`${model.id}-d`}>{model.description}</desc>
      {ticks.map((tick) => (
        <g key={tick}>
          <line class={tick === 0 ? 'grid zero' : 'grid'} x1="0" x2="100%" {...sameY(padTop + y.at(tick))} />
          <text class="axis" x="-8" y={shortNumber(padTop + y.at(tick) + 4)} text-anchor="end">
            {model.valueLabel(tick, digits)}
          </text>
        </g>
      ))}
      {model.ticks.map((tick, index) => (
        <DayLabel
          key={tick.at}
          tick={tick}
          share={x.at(tick.at) / plotWidth}
          height={height}
          isMinor={index % 2 === 1}
        />
      ))}
      {model.marks.map((mark) =>
        mark.kind === 'rule' && mark.label !== undefined ? (
          <text
            key={mark.at}
            class="axis"
            x={`${shortNumber(x.at(mark.at) / (plotWidth / 100))}%`}
            dx="4"
            y={padTop + 11}
          >
            {mark.label}
          </text>
        ) : null,
      )}
      <svg
        class="plot"
        aria-hidden="true"
        y={padTop}
        width="100%"
        height={plotHeight}
        viewBox={`0 0 ${plotWidth} ${plotHeight}`}
        preserveAspectRatio="none"
      >
        {model.marks.map((mark, index) => (
          <MarkShape key={index} mark={mark} x={x} y={y} />
        ))}
        <Tips tips={model.tips} at={x.at} height={plotHeight} />
      </svg>
    </svg>
  );
}

function DayLabel(props: { tick: AxisTick; share: number; height: number; isMinor: boolean }): VNode {
  const { tick, share, height, isMinor } = props;
  const anchor = share < 0.03 ? 'start' : share > 0.96 ? 'end' : 'middle';
  const position = `${shortNumber(share * 100)}%`;
  return (
    <g class={isMinor ? 'minor' : undefined}>
      <line class="tick" x1={position} x2={position} y1={height - padBottom} y2={height - padBottom + 5} />
      <text class="axis" x={position} y={height - 6} text-anchor={anchor}>
        {tick.label}
      </text>
    </g>
  );
}

/** Invisible columns that show their text on hover, each reaching halfway to its neighbours. */
function Tips(props: { tips: readonly Tip[]; at: (value: number) => number; height: number }): VNode {
  const { tips, at, height } = props;
  const edges = tips.map((tip, index) => {
    const before = tips[index - 1];
    return before === undefined ? Math.max(0, at(tip.at) - 6) : (at(before.at) + at(tip.at)) / 2;
  });
  return (
    <g class="tips">
      {tips.map((tip, index) => {
        const left = edges[index] ?? 0;
        const right = edges[index + 1] ?? Math.min(plotWidth, at(tip.at) + 6);
        return (
          <rect key={tip.at} x={shortNumber(left)} width={shortNumber(Math.max(0.1, right - left))} height={height}>
            <title>{tip.text}</title>
          </rect>
        );
      })}
    </g>
  );
}

function sameY(y: number): { y1: string; y2: string } {
  return { y1: shortNumber(y), y2: shortNumber(y) };
}

function digitsOf(ticks: readonly number[]): number {
  const step = Math.abs((ticks[1] ?? 1) - (ticks[0] ?? 0));
  if (step >= 1 || step === 0) return Number.isInteger(step) || step >= 10 ? 0 : 1;
  return Math.min(4, Math.ceil(-Math.log10(step)));
}

function shortNumber(value: number): string {
  return String(Math.round(value * 10) / 10);
}
