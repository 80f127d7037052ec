import type { VNode } from 'preact';
import type { Page, PageView } from '../page.ts';
import { CopyButton } from '../parts/figure.tsx';
import { DataTable } from '../parts/table.tsx';
import type { Visit } from '../visit.ts';

export const dataPage: Page = {
  path: '/data',
  parameters: {},
  view: viewData,
  charts: {},
};

/** Where each table is, below the address of a metal. */
const sets = {
  quotes: 'quotes',
  months: 'months',
  forecast: 'forecast',
  vintages: 'forecast/vintages',
  facts: 'forecast-vs-fact',
  nowcast: 'nowcast',
  today: 'today',
  comparison: 'comparison',
} as const;
type SetName = keyof typeof sets;
const files = ['csv', 'xlsx', 'parquet', 'json'] as const;

async function viewData(visit: Visit): Promise<PageView> {
  const { t } = visit;
  const body = (
    <>
      <h1>{t.data.title}</h1>
      <p>{t.data.lead}</p>
      <p>
        <a href={visit.link('/report')}>{t.report.link}</a>
      </p>
      <Downloads visit={visit} />
      <Requests visit={visit} />
      <Feeds visit={visit} />
      <Embeds visit={visit} />
      <Definitions title={t.data.methods} terms={t.data.terms} />
      <Definitions title={t.data.sources} terms={t.data.sourceList} />
    </>
  );
  return { title: t.data.title, body };
}

function Downloads({ visit }: { visit: Visit }): VNode {
  const { t, metal } = visit;
  return (
    <section>
      <h2>{t.data.downloads}</h2>
      <p>{t.data.downloadsText(t.ofMetal[metal])}</p>
      <DataTable
        caption={t.data.downloads}
        rows={Object.entries(sets) as [SetName, string][]}
        columns={[
          { label: t.data.dataset, kind: 'text', cell: ([name]) => t.data.sets[name] },
          ...files.map((format) => ({
            label: format.toUpperCase(),
            kind: 'text' as const,
            cell: ([name, path]: [SetName, string]) => (
              <a
                href={`/api/v1/metals/${metal}/${path}.${format}`}
                download
                aria-label={`${t.data.sets[name]}, ${format.toUpperCase()}`}
              >
                {format.toUpperCase()}
              </a>
            ),
          })),
        ]}
      />
      <p class="note">{t.data.whole}</p>
    </section>
  );
}

type FieldName = keyof Visit['t']['data']['fields'];

/** What can be asked by a form, and with which fields. */
export const tries: Readonly<Record<'quotes' | 'forecast' | 'facts', readonly FieldName[]>> = {
  quotes: ['from', 'to', 'as_of', 'fields', 'limit', 'page'],
  forecast: ['vintage', 'as_of'],
  facts: ['horizon', 'fields', 'limit', 'page'],
};

/** The address a filled form asks for; null where the form is none of ours. */
export function tryAddress(metal: string, fields: URLSearchParams): string | null {
  const name = fields.get('set') ?? '';
  const format = fields.get('format') ?? 'json';
  if (!Object.hasOwn(tries, name) || !(files as readonly string[]).includes(format)) return null;
  const set = name as keyof typeof tries;
  const query = new URLSearchParams();
  for (const field of tries[set]) {
    const value = fields.get(field)?.trim() ?? '';
    if (value !== '') query.set(field, value);
  }
  const search = query.size === 0 ? '' : `?${query.toString()}`;
  return `/api/v1/metals/${metal}/${sets[set]}.${format}${search}`;
}

function Requests({ visit }: { visit: Visit }): VNode {
  const { t, metal } = visit;
  return (
    <section>
      <h2>{t.data.tryTitle}</h2>
      <p>{t.data.tryText}</p>
      <div class="columns">
        {(Object.keys(tries) as (keyof typeof tries)[]).map((set) => (
          <form key={set} class="card form" method="get" action="/data/try">
            <h3>{t.data.sets[set]}</h3>
            <p class="note">
              <code>{`GET /api/v1/metals/${metal}/${sets[set]}`}</code>
            </p>
            <input type="hidden" name="set" value={set} />
            <input type="hidden" name="metal" value={metal} />
            {tries[set].map((field) => (
              <TryField key={field} label={t.data.fields[field]} name={field} />
            ))}
            <label>
              {t.data.format}
              <select name="format">
                {(['json', 'csv', 'xlsx', 'parquet'] as const).map((format) => (
                  <option key={format} value={format}>
                    {format.toUpperCase()}
                  </option>
                ))}
              </select>
            </label>
            <button type="submit">{t.data.send}</button>
          </form>
        ))}
      </div>
      <p>
        <a href="/api/v1/openapi.json">{t.data.openapi}</a>. {t.data.guide}
      </p>
    </section>
  );
}

function TryField({ label, name }: { label: string; name: string }): VNode {
  if (name === 'from' || name === 'to') {
    return (
      <label>
        {label}
        <input name={name} type="date" />
      </label>
    );
  }
  return (
    <label>
      {label}
      <input name={name} type="text" autocomplete="off" />
    </label>
  );
}

const topics = ['prices', 'forecasts', 'records', 'champions'] as const;

function Feeds({ visit }: { visit: Visit }): VNode {
  const { t, metal, lang } = visit;
  const names = { rss: 'RSS', atom: 'Atom', json: 'JSON Feed' } as const;
  return (
    <section>
      <h2>{t.data.feeds}</h2>
      <p>{t.data.feedsText}</p>
      <DataTable
        caption={t.data.feeds}
        rows={topics}
        columns={[
          { label: t.data.topic, kind: 'text', cell: (topic) => t.data.topics[topic] },
          ...(['rss', 'atom', 'json'] as const).map((format) => ({
            label: names[format],
            kind: 'text' as const,
            cell: (topic: (typeof topics)[number]) => (
              <a
                href={`/api/v1/metals/${metal}/feeds/${topic}.${format}?lang=${lang}`}
                aria-label={`${t.data.topics[topic]}, ${names[format]}`}
              >
                {names[format]}
              </a>
            ),
          })),
        ]}
      />
    </section>
  );
}

const widgets = { card: [320, 260], history: [640, 360], forecast: [640, 360] } as const;

function Embeds({ visit }: { visit: Visit }): VNode {
  const { t, metal, lang, origin } = visit;
  return (
    <section>
      <h2>{t.data.embeds}</h2>
      <p>{t.data.embedsText}</p>
      {(Object.keys(widgets) as (keyof typeof widgets)[]).map((kind) => {
        const path = `/embed/${metal}/${kind}?lang=${lang}`;
        const [width, height] = widgets[kind];
        const title = `${t.data.embedNames[kind]}: ${t.metals[metal]}`;
        const code = `<iframe src="${origin}${path}" width="${width}" height="${height}" title="${title}" loading="lazy"></iframe>`;
        return (
          <div key={kind} class="card">
            <h3>{t.data.embedNames[kind]}</h3>
            <p class="snippet">
              <code id={`widget-${kind}`}>{code}</code> <CopyButton visit={visit} from={`widget-${kind}`} />
            </p>
            <p>
              <a href={path}>{t.data.open}</a>
              {kind !== 'card' && (
                <>
                  {' · '}
                  <a href={kind === 'history' ? visit.link('/chart/history.svg') : visit.link('/chart/fan.svg')}>
                    {t.data.picture}
                  </a>
                </>
              )}
            </p>
          </div>
        );
      })}
    </section>
  );
}

function Definitions({ title, terms }: { title: string; terms: readonly (readonly string[])[] }): VNode {
  return (
    <section class="narrow">
      <h2>{title}</h2>
      <dl class="terms">
        {terms.map(([term, meaning]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
