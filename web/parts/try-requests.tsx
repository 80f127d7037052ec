import type { VNode } from 'preact';
import type { ReadRequest, RequestParameter } from '../../src/api/contract.ts';
import type { Visit } from '../visit.ts';

export type Tried =
  | { readonly address: string }
  /** A part of the path that was left empty. */
  | { readonly missing: string };

/** The address a filled form asks for; null where the form is none of ours. Fields left empty are not sent on. */
export function tryAddress(requests: readonly ReadRequest[], fields: URLSearchParams): Tried | null {
  const request = requests.find(({ path }) => path === fields.get('request'));
  if (request === undefined) return null;
  const format = fields.get('format') ?? request.formats[0] ?? '';
  if (format !== '' && !request.formats.includes(format)) return null;
  const query = new URLSearchParams();
  let path = request.path;
  for (const { name, isInPath } of request.parameters) {
    const value = fields.get(name)?.trim() ?? '';
    if (isInPath && value === '') return { missing: name };
    if (isInPath) path = path.replace(`{${name}}`, encodeURIComponent(value));
    else if (value !== '') query.set(name, value);
  }
  // A suffix makes it a file to be kept; JSON is to be read at once.
  const suffix = format === '' || (format === 'json' && request.isPlain) ? '' : `.${format}`;
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  return { address: `/api/v1${path}${suffix}${search}` };
}

/** A form for each request that reads. Without script it leads to the answer; with it the answer is shown in place. */
export function TryRequests({ visit, requests }: { visit: Visit; requests: readonly ReadRequest[] }): VNode {
  const { t } = visit;
  return (
    <section>
      <h2 id="try">{t.data.tryTitle}</h2>
      <p>{t.data.tryText}</p>
      {requests.map((request) => (
        <TryRequest key={request.path} visit={visit} request={request} />
      ))}
      <AnswerTemplate visit={visit} />
      <p>
        <a href="/api/v1/openapi.json">{t.data.openapi}</a>. {t.data.guide}
      </p>
    </section>
  );
}

/**
 * The form is for browsers without script as it stands; where there is script, its text becomes a form when it is opened:
 * to make all of them at once would keep a phone busy for a third of a second.
 */
function TryRequest({ visit, request }: { visit: Visit; request: ReadRequest }): VNode {
  const { path, summary } = request;
  return (
    <details class="try">
      <summary>
        <code>{`GET ${path}`}</code> <span class="note">{namedIn(visit.t.data.requests, path) ?? summary}</span>
      </summary>
      <noscript>
        <RequestForm visit={visit} request={request} />
      </noscript>
      <div data-answer aria-live="polite" />
    </details>
  );
}

function RequestForm({ visit, request }: { visit: Visit; request: ReadRequest }): VNode {
  const { t } = visit;
  const { path, formats, parameters } = request;
  return (
    <form class="form" method="get" action="/data/try" data-try>
      <input type="hidden" name="request" value={path} />
      {parameters.map((parameter) => (
        <TryField key={parameter.name} visit={visit} parameter={parameter} path={path} />
      ))}
      {formats.length > 1 && (
        <label>
          {t.data.format}
          <select name="format">
            {formats.map((format) => (
              <option key={format} value={format}>
                {format.toUpperCase()}
              </option>
            ))}
          </select>
        </label>
      )}
      <button type="submit">{t.data.send}</button>
    </form>
  );
}

function TryField({ visit, parameter, path }: FieldProps): VNode {
  const { t } = visit;
  const { name } = parameter;
  const id = `${path}?${name}`;
  return (
    <div>
      <label for={id}>
        {namedIn(t.data.fields, name) ?? name} <code>{name}</code>
      </label>
      <TryInput visit={visit} parameter={parameter} id={id} />
    </div>
  );
}

interface FieldProps {
  readonly visit: Visit;
  readonly parameter: RequestParameter;
  readonly path: string;
}

function TryInput({ visit, parameter, id }: Omit<FieldProps, 'path'> & { readonly id: string }): VNode {
  const { name, kind, choices, isRequired, description, least, most } = parameter;
  const chosen = name === 'metal' ? visit.metal : name === 'lang' ? visit.lang : undefined;
  const shared = { id, name, required: isRequired, title: description ?? undefined };
  if (kind === 'whole') return <input {...shared} type="number" min={least ?? undefined} max={most ?? undefined} />;
  if (kind === 'day') return <input {...shared} type="date" />;
  if (kind === 'text') return <input {...shared} type="text" autocomplete="off" />;
  return (
    <select {...shared}>
      {!isRequired && <option value="" />}
      {choices.map((choice) => (
        <option key={choice} value={choice} selected={choice === chosen}>
          {choice}
        </option>
      ))}
    </select>
  );
}

/** What the script fills in and puts below a form. */
function AnswerTemplate({ visit }: { visit: Visit }): VNode {
  const { t } = visit;
  return (
    <template id="try-answer">
      <div class="try-answer">
        <p data-part="head" />
        <p class="note">{t.data.answerHeaders}</p>
        <pre data-part="headers" />
        <p class="note">{t.data.answerBody}</p>
        <pre data-part="body" data-binary={t.data.answerBinary} />
        <p class="note" data-part="cut">
          {t.data.answerCut}
        </p>
      </div>
    </template>
  );
}

/** Names in the dictionary are those of the document of today; another one is shown as the document has it. */
function namedIn(names: Readonly<Record<string, string>>, name: string): string | undefined {
  return Object.hasOwn(names, name) ? names[name] : undefined;
}
