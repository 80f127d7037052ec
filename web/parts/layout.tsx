import type { ComponentChildren, VNode } from 'preact';
import { metalSchema } from '../../src/api/contract.ts';
import type { Dictionary } from '../i18n/dictionary.ts';
import type { Visit } from '../visit.ts';
import { IgnoredNotice, Notice } from './states.tsx';

export interface LayoutProps {
  readonly visit: Visit;
  readonly title: string;
  readonly style: string;
  readonly script: string | null;
  readonly chartScript: string | null;
  readonly version: string;
  /** Shown in the live strip at once: the first run in progress. */
  readonly live?: ComponentChildren;
  /** Reload after so many seconds where there is no script. */
  readonly refreshSeconds?: number | undefined;
  /** A store is away: reload even with the script, which has nothing to hear from. */
  readonly isAway?: boolean;
  readonly children: ComponentChildren;
}

/** The whole document around a page. */
export function Layout(props: LayoutProps): VNode {
  const { visit, title } = props;
  const { t } = visit;
  return (
    <html lang={visit.lang} data-theme={visit.theme ?? undefined} data-charts={props.chartScript ?? undefined}>
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>{`${visit.provenance.simulated ? 'SIMULATED · ' : ''}${title} · ${t.brand.name}`}</title>
        <meta name="description" content={t.brand.tagline} />
        <link rel="icon" href={icon} />
        {/* Of our own files alone. Escaped it would not be what its hash says. */}
        <style dangerouslySetInnerHTML={{ __html: props.style }} />
        {props.script !== null && <script type="module" src={props.script} />}
        <Refresh every={props.refreshSeconds} whenScripted={props.isAway ?? false} />
      </head>
      <body>
        <a class="skip" href="#main">
          {t.nav.skip}
        </a>
        {visit.provenance.simulated && (
          <div class="simulated-banner" role="alert">
            <strong>SIMULATED · {t.state.simulatedTitle}</strong> {t.state.simulatedText}
          </div>
        )}
        <Header visit={visit} />
        <div id="live" class="wrap" aria-live="polite" data-source={visit.link('/live/progress')}>
          {props.live}
        </div>
        <p id="away" class="wrap away" role="status" hidden>
          {t.state.away}
        </p>
        <main id="main" class="wrap">
          <IgnoredNotice visit={visit} />
          {props.children}
        </main>
        <Footer visit={visit} version={props.version} />
      </body>
    </html>
  );
}

function Refresh({ every, whenScripted }: { every: number | undefined; whenScripted: boolean }): VNode | null {
  if (every === undefined) return null;
  const refresh = <meta http-equiv="refresh" content={String(every)} />;
  return whenScripted ? refresh : <noscript>{refresh}</noscript>;
}

const icon =
  "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'%3E%3Cpath fill='%23b98900' d='M4 24 9 9h14l5 15z'/%3E%3C/svg%3E";

const sections: readonly { readonly path: string; readonly key: keyof Dictionary['nav']; readonly icon: string }[] = [
  { path: '/', key: 'today', icon: 'M4 10.5 12 4l8 6.5V20H4zM9.5 20v-6h5v6' },
  { path: '/history', key: 'history', icon: 'M3 18 9 11l4 4 8-9M3 21h18' },
  { path: '/months', key: 'months', icon: 'M4 6h16v14H4zM4 10.5h16M8.5 3.5v4M15.5 3.5v4' },
  { path: '/forecast', key: 'forecast', icon: 'M3 15h7l11-9M10 15l11-2M10 15l11 5' },
  { path: '/accuracy', key: 'accuracy', icon: 'M12 4a8 8 0 1 0 8 8M12 8a4 4 0 1 0 4 4M12 12l8-8M16.5 4H20v3.5' },
  {
    path: '/calculators',
    key: 'calculators',
    icon: 'M6 3h12v18H6zM9 7h6M9 12h.01M12 12h.01M15 12h.01M9 16h.01M12 16h.01M15 16h.01',
  },
  { path: '/models', key: 'models', icon: 'M5 20V11M12 20V4M19 20v-6' },
  { path: '/alerts', key: 'alerts', icon: 'M6 17V11a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21h4' },
  { path: '/data', key: 'data', icon: 'M12 4v11M7 10.5l5 5 5-5M4 20h16' },
  { path: '/system', key: 'system', icon: 'M4 5h16v5H4zM4 14h16v5H4zM7.5 7.5h.01M7.5 16.5h.01' },
];

function Header({ visit }: { visit: Visit }): VNode {
  const { t } = visit;
  const metalless = visit.path === '/system' || visit.path.startsWith('/runs');
  return (
    <header class="header">
      <div class="wrap header-row">
        <a class="brand" href={visit.link('/')}>
          <svg viewBox="0 0 32 24" width="30" height="22" aria-hidden="true">
            <path d="M3 21 8.5 4h15L29 21Z" />
            <path class="facet" d="M8.5 4 12 9h15" />
          </svg>
          {t.brand.name}
        </a>
        <nav class="nav" aria-label={t.nav.label}>
          {sections.map((section) => (
            <a
              key={section.path}
              href={visit.link(section.path)}
              aria-current={isCurrent(visit.path, section.path) ? 'page' : undefined}
            >
              <svg viewBox="0 0 24 24" width="22" height="22" aria-hidden="true">
                <path d={section.icon} />
              </svg>
              {t.nav[section.key]}
            </a>
          ))}
        </nav>
        <Settings visit={visit} />
      </div>
      {!metalless && (
        <nav class="wrap metals" aria-label={t.metals.label}>
          {metalSchema.options.map((metal) => (
            <a
              key={metal}
              href={visit.here({ metal, page: '', vintage: '' })}
              aria-current={metal === visit.metal ? 'true' : undefined}
            >
              {t.metals[metal]}
            </a>
          ))}
        </nav>
      )}
    </header>
  );
}

function isCurrent(path: string, section: string): boolean {
  if (path === section) return true;
  return (section === '/system' && path.startsWith('/runs')) || (section === '/models' && path.startsWith('/models/'));
}

function Settings({ visit }: { visit: Visit }): VNode {
  const { t } = visit;
  const other = visit.lang === 'ru' ? 'en' : 'ru';
  return (
    <div class="settings">
      <a href={visit.here({ lang: other })} hreflang={other} lang={other} title={t.settings.language}>
        {other === 'en' ? 'EN' : 'РУС'}
      </a>
      <a class="to-dark" href={visit.here({ theme: 'dark' })} title={t.settings.dark}>
        <span class="visually-hidden">{t.settings.dark}</span>
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path d="M20 14.5A8.5 8.5 0 0 1 9.5 4a8.5 8.5 0 1 0 10.5 10.5z" />
        </svg>
      </a>
      <a class="to-light" href={visit.here({ theme: 'light' })} title={t.settings.light}>
        <span class="visually-hidden">{t.settings.light}</span>
        <svg viewBox="0 0 24 24" width="20" height="20" aria-hidden="true">
          <path d="M12 7.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM12 2v2.5M12 19.5V22M2 12h2.5M19.5 12H22M5 5l1.7 1.7M17.3 17.3 19 19M19 5l-1.7 1.7M6.7 17.3 5 19" />
        </svg>
      </a>
    </div>
  );
}

function Footer({ visit, version }: { visit: Visit; version: string }): VNode {
  const { t, f, provenance } = visit;
  return (
    <footer class="footer wrap">
      <p>{provenance.simulated ? `${t.state.simulatedTitle}. ${t.state.simulatedText}` : t.footer.source}</p>
      <p>{t.footer.notAdvice}</p>
      <p>
        {provenance.generatedAt !== '' && t.footer.at(f.instant(provenance.generatedAt))}
        {provenance.lastEffectiveDate !== null &&
          `, ${t.footer.through(f.date(provenance.lastEffectiveDate, 'short'))}`}
        {provenance.generatedAt !== '' && ' · '}
        <a href="/api/v1/openapi.json">{t.footer.api}</a> · {t.brand.name} {version}
      </p>
    </footer>
  );
}

/** The price that should be out by now is not: said plainly, with the age of what is shown. */
export function StaleNotice({ visit, age, expected }: { visit: Visit; age: number; expected: string }): VNode {
  return (
    <Notice tone="warn" title={visit.t.state.staleTitle(age)}>
      {visit.t.state.staleText(visit.f.date(expected))}
    </Notice>
  );
}
