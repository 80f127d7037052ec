import type { ComponentChildren, VNode } from 'preact';
import type { Speech } from '../i18n/dictionary.ts';

/** A figure with its name, as the rows above the charts show them. */
export interface Fact {
  readonly label: string;
  readonly value: ComponentChildren;
  readonly note?: ComponentChildren;
}

export function Facts({ facts }: { facts: readonly Fact[] }): VNode {
  return (
    <dl class="facts">
      {facts.map((fact) => (
        <div key={fact.label}>
          <dt>{fact.label}</dt>
          <dd>{fact.value}</dd>
          {fact.note !== undefined && <dd class="fact-note">{fact.note}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** A rise or a fall: arrow, sign and colour say the same thing. */
export function Change({ value, children }: { value: number | null; children: ComponentChildren }): VNode {
  const direction = value === null || value === 0 ? 'flat' : value > 0 ? 'rise' : 'fall';
  return (
    <span class={`change ${direction}`}>
      {direction !== 'flat' && <span aria-hidden="true">{direction === 'rise' ? '▲' : '▼'} </span>}
      {children}
    </span>
  );
}

/** A missing figure is said in words, never as 0. */
export function Money({ speech, value }: { speech: Speech; value: number | null }): VNode {
  return value === null ? <Missing speech={speech} /> : <span>{speech.f.money(value)}</span>;
}

export function Missing({ speech }: { speech: Speech }): VNode {
  return <span class="missing">{speech.t.common.noData}</span>;
}

export function numberOrMissing(speech: Speech, value: number | null, digits = 2): ComponentChildren {
  return value === null ? <Missing speech={speech} /> : speech.f.number(value, digits);
}

export function changeOrMissing(speech: Speech, value: number | null, digits = 2): ComponentChildren {
  if (value === null) return <Missing speech={speech} />;
  return <Change value={Number(value.toFixed(digits))}>{speech.f.signed(value, digits)}</Change>;
}
