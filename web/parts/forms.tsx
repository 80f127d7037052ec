import type { ComponentChildren, VNode } from 'preact';
import type { Visit } from '../visit.ts';

export interface ReasonFormProps {
  readonly visit: Visit;
  readonly action: string;
  readonly title: string;
  readonly button: string;
  readonly children: ComponentChildren;
}

/** A form that changes something: it carries the token of this visitor and asks for the reason. */
export function ReasonForm({ visit, action, title, button, children }: ReasonFormProps): VNode {
  return (
    <form class="card form" method="post" action={action}>
      <h3>{title}</h3>
      <HiddenState visit={visit} />
      {children}
      <ReasonField visit={visit} label={visit.t.models.reason} />
      <button type="submit">{button}</button>
    </form>
  );
}

export function ReasonField({ visit, label }: { visit: Visit; label: string }): VNode {
  return (
    <label>
      {label}
      <input
        name="reason"
        required
        minLength={3}
        maxLength={500}
        autocomplete="off"
        placeholder={visit.t.models.reasonHint}
      />
    </label>
  );
}

export function HiddenState({ visit }: { visit: Visit }): VNode {
  return (
    <>
      <input type="hidden" name="token" value={visit.formToken} />
      <input type="hidden" name="metal" value={visit.metal} />
      {visit.values['lang'] !== undefined && <input type="hidden" name="lang" value={visit.lang} />}
    </>
  );
}

/** The rest of the page's state, so that a form that asks for one thing does not lose the others. */
export function KeptState({ visit, except }: { visit: Visit; except: readonly string[] }): VNode {
  return (
    <>
      {Object.entries(visit.values)
        .filter(([name]) => name !== 'theme' && !except.includes(name))
        .map(([name, value]) => (
          <input key={name} type="hidden" name={name} value={value} />
        ))}
    </>
  );
}
