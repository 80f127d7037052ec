import type { ComponentChildren, VNode } from 'preact';
import { metalSchema, type Problem, type Run } from '../../src/api/contract.ts';
import type { Speech } from '../i18n/dictionary.ts';
import type { Visit } from '../visit.ts';

/** A message above the content. `tone`: how loud. */
export function Notice(props: {
  tone: 'info' | 'warn' | 'alarm' | 'good';
  title: string;
  children?: ComponentChildren;
}): VNode {
  return (
    <div class={`notice ${props.tone}`} role={props.tone === 'alarm' ? 'alert' : 'status'}>
      <strong>{props.title}</strong>
      {props.children !== undefined && <div>{props.children}</div>}
    </div>
  );
}

export function IgnoredNotice({ visit }: { visit: Visit }): VNode | null {
  if (visit.ignored.length === 0) return null;
  return (
    <Notice tone="warn" title={visit.t.state.ignoredTitle}>
      <ul>
        {visit.ignored.slice(0, 8).map((one) => (
          <li key={`${one.name}=${one.value}`}>
            {visit.t.state.ignored(one.name, one.value)}; {visit.t.state.allowed(one.allowed)}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** A part of the page whose data did not come: the rest of the page stands. */
export function ProblemNotice({ speech, problem }: { speech: Speech; problem: Problem }): VNode {
  return (
    <Notice tone="alarm" title={speech.t.state.sectionFailed}>
      <ProblemText speech={speech} problem={problem} />
    </Notice>
  );
}

/** Before the first price: what is happening, step by step. */
export function EmptyState({ speech, run }: { speech: Speech; run: Run | null }): VNode {
  const { t } = speech;
  return (
    <section class="empty">
      <svg class="empty-art" viewBox="0 0 120 60" width="120" height="60" aria-hidden="true">
        <path d="M30 44 40 20H80L90 44Z" />
        <path d="M40 20 48 30H88M48 30 41 44" />
      </svg>
      <h2>{run === null ? t.state.emptyTitle : t.state.workingTitle}</h2>
      <p>{run === null ? t.state.emptyText : t.state.workingText}</p>
    </section>
  );
}

/** The run in progress: which steps are done, which is going on, how many rows came. */
export function Progress({ speech, run }: { speech: Speech; run: Run }): VNode {
  const { t, f } = speech;
  return (
    <section class={`progress ${run.status}`} aria-label={t.system.run}>
      <p class="progress-head">
        <Spinner />
        <strong>{flowName(speech, run.flow)}</strong> · {t.system.status[run.status]} · {f.clock(run.startedAt)}
      </p>
      <ol class="steps">
        {run.steps.map((step) => (
          <li key={step.step} class={step.status}>
            <span class="mark" aria-hidden="true">
              {{ succeeded: '✓', failed: '✕', running: '…' }[step.status]}
            </span>
            <span>{stepName(speech, step.step)}</span>
            <span class="visually-hidden">{t.system.status[step.status]}</span>
            <span class="step-rows">{step.rowsOut === null ? '' : t.common.rows(step.rowsOut)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

/** The kind of failure in the reader's language, then what the server said of this one. */
function ProblemText({ speech, problem }: { speech: Speech; problem: Problem }): VNode {
  const { t } = speech;
  const known: Readonly<Record<string, string>> = t.errors.codes;
  const text = Object.hasOwn(known, problem.code) ? known[problem.code] : undefined;
  return (
    <>
      {text !== undefined && <p>{text}</p>}
      <p class="note">
        {problem.detail} <code>{problem.code}</code>
      </p>
    </>
  );
}

export function flowName({ t }: Speech, flow: string): string {
  const names: Readonly<Record<string, string>> = t.flows;
  return Object.hasOwn(names, flow) ? (names[flow] ?? flow) : flow;
}

export function stepName({ t }: Speech, step: string): string {
  const names: Readonly<Record<string, string>> = t.steps;
  const known = Object.hasOwn(names, step) ? names[step] : undefined;
  if (known !== undefined) return known;
  // `train gold`: a step of a flow that goes metal by metal.
  const [verb = '', metal = ''] = step.split(' ');
  const subject = metalSchema.options.find((name) => name === metal);
  const action = Object.hasOwn(names, verb) ? names[verb] : undefined;
  return subject === undefined || action === undefined ? step : `${action}: ${t.metals[subject].toLowerCase()}`;
}

function Spinner(): VNode {
  return (
    <svg class="spinner" viewBox="0 0 20 20" width="16" height="16" aria-hidden="true">
      <circle cx="10" cy="10" r="8" />
      <path d="M10 2a8 8 0 0 1 8 8" />
    </svg>
  );
}

/** A whole page that could not be: what happened, and where to go. */
export function ProblemPage({ visit, problem }: { visit: Visit; problem: Problem }): VNode {
  const { t } = visit;
  const isMissing = problem.code === 'PAGE_NOT_FOUND';
  const isRefused = problem.status >= 400 && problem.status < 500 && !isMissing;
  const title = isMissing ? t.errors.notFoundTitle : isRefused ? t.errors.badRequestTitle : t.errors.failedTitle;
  return (
    <section class="problem">
      <p class="problem-status">{problem.status}</p>
      <h1>{title}</h1>
      {isMissing ? <p>{t.errors.notFoundText}</p> : <ProblemText speech={visit} problem={problem} />}
      {problem.status === 500 && <p>{t.errors.failedText}</p>}
      <p>
        <a class="button" href={visit.link('/')}>
          {t.errors.home}
        </a>
      </p>
    </section>
  );
}
