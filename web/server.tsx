import { createHash } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { renderToString } from 'preact-render-to-string';
import type { AssayApi, Problem, Provenance, ReadRequest } from '../src/api/contract.ts';
import { csvOf, wireOf } from './charts/chart-files.ts';
import { standaloneSvg } from './charts/standalone.tsx';
import { addEmbedRoutes } from './embed/routes.tsx';
import { addFormRoutes, type Forms } from './forms.ts';
import { type Page, type PageView, runInProgress } from './page.ts';
import { accuracyPage } from './pages/accuracy.tsx';
import { alertsPage } from './pages/alerts.tsx';
import { calculatorsPage } from './pages/calculators.tsx';
import { comparePage } from './pages/compare.tsx';
import { createDataPage } from './pages/data.tsx';
import { forecastPage } from './pages/forecast.tsx';
import { historyPage } from './pages/history.tsx';
import { modelPage } from './pages/model.tsx';
import { modelsPage } from './pages/models.tsx';
import { monthsPage } from './pages/months.tsx';
import { reportPage } from './pages/report.tsx';
import { runParameters, viewRun } from './pages/run.tsx';
import { systemPage } from './pages/system.tsx';
import { todayPage } from './pages/today.tsx';
import { Layout } from './parts/layout.tsx';
import { ProblemPage, Progress } from './parts/states.tsx';
import { tryAddress } from './parts/try-requests.tsx';
import { createVisit, type Parameters, type ReadAddress, understand, type Visit } from './visit.ts';

export interface DashboardOptions {
  readonly api: AssayApi;
  readonly version: string;
  /** Of visitors who ask for no language that we speak. */
  readonly defaultLang: 'ru' | 'en';
  readonly forms: Forms;
  readonly style: StyleSheet;
  /** The address of the script, null where it was not built. */
  readonly script: string | null;
  /** The code that draws charts anew, loaded when somebody reaches for one. */
  readonly chartScript: string | null;
  /** Requests of the API that read, for the forms of the page Data. */
  readonly requests: readonly ReadRequest[];
  /** The one mapping from errors to what people are told. */
  readonly problemOf: (error: unknown) => Problem;
  readonly onError?: (error: unknown, problem: Problem) => void;
}

/** A page carries its style itself: one request less before anything is seen. Widgets ask for it by its address. */
export interface StyleSheet {
  readonly address: string;
  readonly text: string;
}

/** The one style inside a page is allowed by its hash; no other can be put there. */
function contentSecurityPolicy(style: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'sha256-${createHash('sha256').update(style).digest('base64')}'`,
    "img-src 'self' data:",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
  ].join('; ');
}

const fixedPages: readonly Page[] = [
  todayPage,
  historyPage,
  monthsPage,
  forecastPage,
  accuracyPage,
  calculatorsPage,
  modelsPage,
  // Before the pages of single models, whose names it would otherwise be one of.
  comparePage,
  modelPage,
  alertsPage,
  reportPage,
  systemPage,
];

/** The pages. Everything they show comes from the API they are given; everything works without script. */
export function createDashboard(options: DashboardOptions): Hono {
  const app = new Hono();
  const show = createShow(options);
  const pages = [...fixedPages, createDataPage(options.requests)];
  const securityHeaders = { ...plainHeaders, 'content-security-policy': contentSecurityPolicy(options.style.text) };
  app.use(async (context, next) => {
    await next();
    for (const [name, value] of Object.entries(securityHeaders)) {
      if (!context.res.headers.has(name)) context.res.headers.set(name, value);
    }
  });
  for (const page of pages) app.get(page.path, (context) => show(context, page.parameters, page.view));
  app.get('/runs/:id', (context) => show(context, runParameters, (visit) => viewRun(visit, context.req.param('id'))));
  app.get('/live/progress', (context) => sendProgress(context, options));
  app.get('/chart/:file{[a-z-]+\\.(?:svg|json|csv)}', (context) => sendChart(context, options, pages, show));
  app.get('/data/try', (context) => sendTry(context, options.requests, show));
  addEmbedRoutes(app, options);
  addFormRoutes(app, options, (context, problem) => show.problem(context, problem));
  app.notFound((context) => show.problem(context, notFound));
  app.onError((error, context) => show.problem(context, report(options, error)));
  return app;
}

/** A filled form of the page Data leads to the answer itself. */
function sendTry(context: Context, requests: readonly ReadRequest[], show: Show): Response | Promise<Response> {
  const tried = tryAddress(requests, new URL(context.req.url).searchParams);
  if (tried === null) return show.problem(context, notFound);
  if ('address' in tried) return context.redirect(tried.address, 303);
  const detail = `${tried.missing} is a part of the address and was left empty.`;
  return show.problem(context, { ...notFound, title: 'Wrong input', status: 400, detail, code: 'INPUT_INVALID' });
}

const plainHeaders: Readonly<Record<string, string>> = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=()',
  'cache-control': 'private, no-cache',
  vary: 'Cookie, Accept-Language',
};

const notFound: Problem = { type: 'about:blank', title: 'Not found', status: 404, detail: '', code: 'PAGE_NOT_FOUND' };

interface Show {
  (context: Context, parameters: Parameters, view: (visit: Visit) => Promise<PageView>): Promise<Response>;
  problem(context: Context, problem: Problem): Promise<Response>;
}

function createShow(options: DashboardOptions): Show {
  const show = async (
    context: Context,
    parameters: Parameters,
    view: (visit: Visit) => Promise<PageView>,
  ): Promise<Response> => {
    const address = read(context, options, parameters);
    const chosen = rememberChoices(context, address, options);
    if (chosen !== null) return chosen;
    try {
      const provenance = await options.api.provenance();
      const visit = createVisit(address, visitParts(context, options, provenance));
      return send(context, options, visit, await view(visit), 200);
    } catch (error) {
      return problem(context, report(options, error));
    }
  };
  const problem = async (context: Context, shown: Problem): Promise<Response> => {
    const provenance = await knownProvenance(options.api);
    // Parameters of an address that leads nowhere mean nothing: they are neither used nor called wrong.
    const visit = createVisit({ ...read(context, options, {}), ignored: [] }, visitParts(context, options, provenance));
    const title = shown.code === 'PAGE_NOT_FOUND' ? visit.t.errors.notFoundTitle : visit.t.errors.failedTitle;
    return send(context, options, visit, { title, body: <ProblemPage visit={visit} problem={shown} /> }, shown.status);
  };
  return Object.assign(show, { problem });
}

function read(context: Context, options: DashboardOptions, parameters: Parameters): ReadAddress {
  const asked = {
    url: new URL(context.req.url),
    cookie: (name: string) => getCookie(context, name),
    acceptLanguage: context.req.header('accept-language') ?? '',
    defaultLang: options.defaultLang,
  };
  return understand(asked, parameters);
}

/** Language and theme are kept in cookies; a theme is not part of what an address shows, so it leaves the address. */
function rememberChoices(context: Context, address: ReadAddress, options: DashboardOptions): Response | null {
  const keep = { path: '/', maxAge: 31_536_000, sameSite: 'Lax', httpOnly: true } as const;
  if (address.values['lang'] !== undefined) setCookie(context, 'assay_lang', address.lang, keep);
  if (address.values['theme'] === undefined || address.theme === null) return null;
  setCookie(context, 'assay_theme', address.theme, keep);
  const parts = visitParts(context, options, unknownProvenance);
  return context.redirect(createVisit(address, parts).here({}), 303);
}

function visitParts(context: Context, options: DashboardOptions, provenance: Provenance) {
  const { api, problemOf, forms } = options;
  const known = getCookie(context, forms.cookie) ?? '';
  const session = /^[\w-]{8,64}$/.test(known) ? known : forms.tokens.newSession();
  if (session !== known) {
    setCookie(context, forms.cookie, session, { path: '/', sameSite: 'Strict', httpOnly: true });
  }
  const { origin } = new URL(context.req.url);
  return { api, problemOf, provenance, origin, path: context.req.path, formToken: forms.tokens.issue(session) };
}

function send(context: Context, options: DashboardOptions, visit: Visit, view: PageView, status: number): Response {
  const { style, script, chartScript, version } = options;
  const run = view.run ?? null;
  const html = renderToString(
    <Layout
      visit={visit}
      title={view.title}
      style={style.text}
      script={script}
      chartScript={chartScript}
      version={version}
      live={run === null ? null : <Progress speech={visit} run={run} />}
      refreshSeconds={status === 503 ? 10 : view.isWaiting === true || run !== null ? 3 : undefined}
      isAway={status === 503}
    >
      {view.body}
    </Layout>,
  );
  context.header('content-language', visit.lang);
  return context.html(`<!doctype html>${html}`, status as ContentfulStatusCode);
}

async function sendProgress(context: Context, options: DashboardOptions): Promise<Response> {
  const visit = createVisit(read(context, options, {}), visitParts(context, options, unknownProvenance));
  const run = await runInProgress(visit);
  return context.html(run === null ? '' : renderToString(<Progress speech={visit} run={run} />), 200, {
    'cache-control': 'no-store',
  });
}

async function sendChart(
  context: Context,
  options: DashboardOptions,
  pages: readonly Page[],
  show: Show,
): Promise<Response> {
  const file = context.req.param('file') ?? '';
  const [id = '', kind = 'svg'] = file.split('.');
  const page = pages.find((one) => Object.hasOwn(one.charts, id));
  const draw = page?.charts[id];
  if (page === undefined || draw === undefined) return show.problem(context, notFound);
  const provenance = await options.api.provenance();
  const visit = createVisit(read(context, options, page.parameters), visitParts(context, options, provenance));
  const model = await draw(visit);
  if (model === null) return show.problem(context, notFound);
  const name = `${provenance.simulated ? 'SIMULATED-' : ''}assay-${visit.metal}-${file}`;
  if (kind === 'json') return context.json(wireOf(model));
  if (kind === 'csv') {
    context.header('content-type', 'text/csv; charset=utf-8; header=present');
    context.header('content-disposition', `attachment; filename="${name}"`);
    return context.body(csvOf(model, provenance.simulated));
  }
  const { t, f, metal } = visit;
  const caption = `${t.metals[metal]} · ${provenance.simulated ? t.state.simulatedTitle : t.system.names.source} · ${t.footer.at(f.instant(provenance.generatedAt))}`;
  return new Response(standaloneSvg(model, caption, provenance.simulated ? 'SIMULATED' : null), {
    headers: {
      'content-type': 'image/svg+xml; charset=utf-8',
      'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'",
      'content-disposition': `inline; filename="${name}"`,
    },
  });
}

const unknownProvenance: Provenance = { source: '', simulated: false, generatedAt: '', lastEffectiveDate: null };

/** A page that says what failed must not fail for want of the same store. */
async function knownProvenance(api: AssayApi): Promise<Provenance> {
  return api.provenance().catch(() => unknownProvenance);
}

function report(options: DashboardOptions, error: unknown): Problem {
  const problem = options.problemOf(error);
  options.onError?.(error, problem);
  return problem;
}
