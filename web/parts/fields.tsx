import type { VNode } from 'preact';
import type { Visit } from '../visit.ts';

interface FieldProps {
  readonly visit: Visit;
  readonly name: string;
  readonly label: string;
  /** What holds when nothing, or nothing that fits, was given. */
  readonly fallback: string;
}

/** A number as people write it: a comma or a point, spaces between thousands. */
export function NumberField({ visit, name, label, fallback }: FieldProps): VNode {
  const wrong = refusedOf(visit, name);
  return (
    <label>
      {label}
      <input
        id={name}
        name={name}
        inputmode="decimal"
        autocomplete="off"
        size={10}
        value={wrong?.value ?? visit.values[name] ?? fallback}
        aria-invalid={wrong === undefined ? undefined : 'true'}
        aria-describedby={wrong === undefined ? undefined : `${name}-wrong`}
      />
      <Refusal visit={visit} name={name} />
    </label>
  );
}

export function DateField({ visit, name, label, fallback, last }: FieldProps & { last: string }): VNode {
  const wrong = refusedOf(visit, name);
  return (
    <label>
      {label}
      <input
        id={name}
        type="date"
        name={name}
        max={last}
        value={visit.values[name] ?? fallback}
        aria-invalid={wrong === undefined ? undefined : 'true'}
        aria-describedby={wrong === undefined ? undefined : `${name}-wrong`}
      />
      <Refusal visit={visit} name={name} />
    </label>
  );
}

export interface ChoiceProps {
  readonly visit: Visit;
  readonly name: string;
  readonly label: string;
  readonly chosen: string;
  readonly choices: readonly { readonly value: string; readonly label: string }[];
}

export function Choice({ visit, name, label, chosen, choices }: ChoiceProps): VNode {
  return (
    <label>
      {label}
      <select id={name} name={name}>
        {choices.map((choice) => (
          <option key={choice.value} value={choice.value} selected={choice.value === chosen}>
            {choice.label}
          </option>
        ))}
      </select>
      <Refusal visit={visit} name={name} />
    </label>
  );
}

/** The number of an accepted field, or what stands for it. */
export function numberOf(text: string | undefined, fallback: number): number {
  return text === undefined ? fallback : Number(text.replaceAll(/\s/g, '').replace(',', '.'));
}

function refusedOf(visit: Visit, name: string): Visit['ignored'][number] | undefined {
  return visit.ignored.find((one) => one.name === name);
}

/** Said at the field itself, with what would do. */
function Refusal({ visit, name }: { visit: Visit; name: string }): VNode | null {
  const wrong = refusedOf(visit, name);
  if (wrong === undefined) return null;
  return (
    <span class="refusal" id={`${name}-wrong`}>
      {visit.t.calculators.refused(wrong.value, wrong.allowed)}
    </span>
  );
}
