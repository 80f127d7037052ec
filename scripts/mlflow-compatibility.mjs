// Writes docs/guide/mlflow-compatibility.md: every endpoint of the two pinned MLflow releases, from their own routing
// tables, and whether this project's server answers it. Needs scripts/install-mlflow.sh; builds first.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

// By address: a clean clone has no build yet, and its imports must resolve.
const built = (file) => import(new URL(`../dist/src/api/mlflow/${file}`, import.meta.url).href);
const { createMlflowApi } = await built('app.js');
const { servedRoutes } = await built('served-routes.js');

const root = fileURLToPath(new URL('..', import.meta.url));
const cache = process.env.ASSAY_CACHE ?? join(homedir(), '.cache', 'assay');

/** Why an endpoint is not served: the first that fits. */
const reasons = [
  [/trace|assessments?\b|\/v1\/|correlation/, 'traces: out of scope'],
  [/gateway|deployments|guardrail|budget|ajax-api\/2\.0\/endpoints/, 'gateway: out of scope'],
  [/webhook/, 'webhooks: out of scope'],
  [/prompt/, 'prompts: out of scope'],
  [/scorer|evaluat|datasets|label-schemas|review-queues|issues|genai|demo/, 'evaluation: out of scope'],
  [/mcp|skill|assistant|jobs?\b/, "agents and jobs of MLflow's server: out of scope"],
  [/workspaces/, 'one workspace, named default'],
  [/presigned\//, 'no store behind this server whose addresses could be signed'],
  [/2\.0mlflow/, 'a misspelt twin of the path below /ajax-api'],
  [/GET \/graphql/, 'the pages ask by POST'],
  [/telemetry/, 'nothing is reported to anybody'],
  [/docs|openapi|redoc|\/build\//, "pages about MLflow's own server"],
];

const releases = ['3', '2'].map((major) => {
  const python = join(cache, `mlflow${major}`, 'bin', 'python');
  const lines = execFileSync(python, [join(root, 'scripts', 'mlflow-endpoints.py')], {
    cwd: cache,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const [{ mlflow }, ...endpoints] = lines
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  return { version: mlflow, endpoints: new Set(endpoints.map(({ method, path }) => `${method} ${path}`)) };
});

const nothing = () => null;
const served = new Set(servedRoutes(createMlflowApi({ store: {}, lake: {}, pages: nothing })).map(withoutNames));
const all = [...new Set(releases.flatMap(({ endpoints }) => [...endpoints]))].sort((a, b) => {
  const [left, right] = [a, b].map((one) => one.split(' ').reverse().join(' '));
  return left < right ? -1 : 1;
});
const rows = all.map((endpoint) => {
  const isServed = served.has(withoutNames(endpoint));
  const reason = isServed ? '' : reasons.find(([pattern]) => pattern.test(endpoint))?.[1];
  if (reason === undefined) throw new TypeError(`No reason is given why ${endpoint} is not served.`);
  const has = releases.map(({ endpoints }) => (endpoints.has(endpoint) ? 'yes' : ''));
  return `| \`${endpoint}\` | ${has[0]} | ${has[1]} | ${isServed ? 'yes' : 'no'} | ${reason} |`;
});
const totals = releases.map(({ version, endpoints }) => {
  const count = [...endpoints].filter((endpoint) => served.has(withoutNames(endpoint))).length;
  return `| ${version} | ${endpoints.size} | ${count} | ${endpoints.size - count} |`;
});
const own = [...served].filter((route) => !all.some((endpoint) => withoutNames(endpoint) === route)).sort();

const text = `# Endpoints of MLflow, and which of them are served

Written by \`npm run docs:mlflow\` from the routing tables of the two releases; a test compares it with what the server
answers. What is not served is answered with status 404, as MLflow answers an unknown endpoint. How the served ones
differ is in [tracking](tracking.md).

The suites of \`tests/interop\` run MLflow's own clients against it: Python of both releases (uploads in parts too), their
command lines, their pages in a browser, and Java 2.17.2, the newest that Maven Central has whole. The client for R was
not run, for no package index of R was within reach: a test sends what its sources send (numbers as texts, both names of
a run), which is no proof of the whole. It searches registered models by POST, which MLflow routes by GET alone; so does
this server.

| MLflow | endpoints | served | not served |
| --- | --- | --- | --- |
${totals.join('\n')}

Each path counts once per method and prefix. Of the server's own, for the parts of an artefact uploaded in parts:
${own.map((route) => `\`${route}\``).join(', ')}.

| endpoint | ${releases.map(({ version }) => version).join(' | ')} | served | why not |
| --- | --- | --- | --- | --- |
${rows.join('\n')}
`;
writeFileSync(join(root, 'docs', 'guide', 'mlflow-compatibility.md'), text);
console.log(totals.join('\n'));

function withoutNames(endpoint) {
  return endpoint.replace(/\{[^}]*\}/g, '{}');
}
