// What the pages of a running stack answer, and what its stores hold.
import { setTimeout as sleep } from 'node:timers/promises';
import { docker } from './engine.mjs';
import { containers, until, within } from './trial-stack.mjs';

/** The page of today's price: closed without the token, and with it the forecast that the day's work made. */
export async function dashboard({ ports, secret }) {
  const url = `http://127.0.0.1:${ports.assay}`;
  const closed = (await fetch(`${url}/`)).status;
  if (closed !== 401) throw new RangeError(`without the token the page answers ${closed}, not 401`);
  const headers = { authorization: `Bearer ${secret('assay_token')}` };
  const page = await fetch(`${url}/`, { headers });
  const { data, provenance } = await (await fetch(`${url}/api/v1/metals/gold/forecast`, { headers })).json();
  if (page.status !== 200 || data.vintage === null || provenance.simulated)
    throw new RangeError(`page ${page.status}, forecast ${JSON.stringify(data.vintage)?.slice(0, 80)}`);
  return `401 without the token; with it the page, and a forecast by ${data.vintage.modelName}, of quotes to ${provenance.lastEffectiveDate}`;
}

export async function tracking({ ports, secret, profile }) {
  // MLflow's own server asks for no name: it is on loopback alone.
  const headers = profile === 'core' ? { authorization: `Bearer ${secret('assay_token')}` } : {};
  const url = `http://127.0.0.1:${ports.mlflow}/api/2.0/mlflow/experiments/search?max_results=50`;
  const { experiments = [] } = await answered(url, { headers });
  if (experiments.length === 0) throw new RangeError('there is no experiment');
  return `experiments ${experiments.map(({ name }) => name).join(', ')}`;
}

export async function superset({ ports, secret }) {
  const url = `http://127.0.0.1:${ports.superset}/api/v1`;
  const account = { username: 'admin', password: secret('superset_admin_password'), provider: 'db' };
  const { access_token: token } = await answered(`${url}/security/login`, asJson('POST', account));
  const headers = { authorization: `Bearer ${token}` };
  const counts = {};
  for (const kind of ['dashboard', 'chart', 'dataset'])
    counts[kind] = (await answered(`${url}/${kind}/`, { headers })).count;
  if (counts.dashboard < 12) throw new RangeError(`${counts.dashboard} dashboards`);
  return `${counts.dashboard} dashboards, ${counts.chart} charts, ${counts.dataset} datasets`;
}

/** The DAGs switched on as a person would: what is due starts, and what follows from it, up to a forecast. */
export async function airflow({ ports, secret }) {
  const url = `http://127.0.0.1:${ports.airflow}`;
  const [[username, password]] = Object.entries(JSON.parse(secret('airflow_passwords')));
  const { access_token: token } = await answered(`${url}/auth/token`, asJson('POST', { username, password }));
  const ask = (method, path, body) => answered(`${url}/api/v2/dags${path}`, asJson(method, body, token));
  const dags = await until('the DAGs of Airflow', 300_000, async () => {
    const { dags: known } = await ask('GET', '?dag_id_pattern=assay_');
    return known.length >= 8 && known;
  });
  const switchOn = (dag) => ask('PATCH', `/${dag}`, { is_paused: false });
  const succeeds = (dag) =>
    until(`a run of ${dag} that succeeds`, 900_000, async () => {
      const { dag_runs: runs } = await ask('GET', `/${dag}/dagRuns`);
      if (runs.some(({ state }) => state === 'failed')) throw new RangeError(`a run of ${dag} failed`);
      return runs.some(({ state }) => state === 'success');
    });
  for (const dag of ['assay_publish', 'assay_transform', 'assay_ingest']) await switchOn(dag);
  await succeeds('assay_transform');
  // Only now: a forecast before the first comparison of models is passed over.
  for (const dag of ['assay_forecast', 'assay_train']) await switchOn(dag);
  for (const dag of ['assay_train', 'assay_forecast', 'assay_publish']) await succeeds(dag);
  return `${dags.length} DAGs; ingest, transform, train, forecast and publish ran to the end, each after the other`;
}

/** Rows by table and objects of the lake: what must be the same after everything was stopped and started. */
export function holdings() {
  const tables = `select schemaname || '.' || relname from pg_stat_user_tables
    where schemaname in ('raw', 'ods', 'dm', 'tracking') order by 1`;
  const names = rows(tables);
  const counted = rows(names.map((name) => `select '${name} ' || count(*) from ${name}`).join(' union all '));
  const objects = within('minio', ['bash', '-c', 'find /data/assay -type f | wc -l']).said;
  return [...counted, `objects ${objects}`].toSorted();
}

/** Lines that a query gives, asked inside the container as its superuser. */
export function rows(query) {
  const { status, said } = within('postgres', ['psql', '-XAtqh', '/tmp', '-U', 'postgres', 'assay', '-c', query]);
  if (status !== 0) throw new RangeError(said);
  return said.split('\n').filter(Boolean);
}

/** SIGKILL to the first process of a service in the middle of a step: Docker starts it again, and the work goes on. */
export async function killedInTheMiddle(service) {
  const running = () => rows("select step from ops.step where status = 'running' limit 1")[0];
  const step = await until('a step that is under way', 300_000, running);
  await sleep(500);
  const { State } = containers()[service];
  process.kill(State.Pid, 'SIGKILL');
  const again = await until(`${service} started again`, 60_000, () => {
    const { State: now, RestartCount } = containers()[service];
    return now.Running && now.Pid !== State.Pid && { count: RestartCount };
  });
  return `killed in the middle of ${step}; started again ${again.count} time(s)`;
}

/** Waits for the end of the first day's work, which the container tells itself. */
export async function dayIsDone(service) {
  const { Id } = containers()[service];
  await until("the end of the first day's work", 1_500_000, () =>
    /Up to date: silver/.test(docker(['logs', Id]).stderr),
  );
  const states = rows('select flow, status, count(*) from ops.run group by 1, 2 order by 1, 2');
  const amiss = states.filter((line) => /failed|cancelled/.test(line));
  if (amiss.length > 0) throw new RangeError(`runs that did not succeed: ${amiss.join(', ')}`);
  return states.map((line) => line.replaceAll('|', ' ')).join(', ');
}

function asJson(method, body, token) {
  return {
    method,
    headers: {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    },
    ...(method === 'GET' ? {} : { body: JSON.stringify(body) }),
  };
}

async function answered(url, options) {
  const answer = await fetch(url, { ...options, signal: AbortSignal.timeout(180_000) });
  const text = await answer.text();
  if (!answer.ok) throw new RangeError(`${url}: ${answer.status} ${text.slice(0, 300)}`);
  return JSON.parse(text);
}
