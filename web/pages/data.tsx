import type { VNode } from 'preact';
import type { ReadRequest } from '../../src/api/contract.ts';
import type { Page, PageView } from '../page.ts';
import { CopyButton } from '../parts/figure.tsx';
import { DataTable } from '../parts/table.tsx';
import { TryRequests } from '../parts/try-requests.tsx';
import type { Visit } from '../visit.ts';

/** Everything that can be taken along; `requests` are those of the API, to be tried out. */
export function createDataPage(requests: readonly ReadRequest[]): Page {
  return { path: '/data', parameters: {}, view: (visit) => viewData(visit, requests), charts: {} };
}

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

async function viewData(visit: Visit, requests: readonly ReadRequest[]): Promise<PageView> {
  const { t } = visit;
  const body = (
    <>
      <h1>{t.data.title}</h1>
      <p>{t.data.lead}</p>
      <p>
        <a href={visit.link('/report')}>{t.report.link}</a>
      </p>
      <Downloads visit={visit} />
      <TryRequests visit={visit} requests={requests} />
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
