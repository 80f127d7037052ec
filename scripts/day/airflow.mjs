import { setTimeout as sleep } from 'node:timers/promises';

const limitMs = 1_800_000;
/** How long nothing may run before a chain of DAGs counts as ended. */
const calmMs = 15_000;

/** Airflow of a stack, over its REST API. */
export async function openAirflow(stack) {
  const password = JSON.parse(stack.secret('airflow_passwords')).admin;
  const token = { value: '' };
  const ask = async (method, path, body) => {
    const answer = await fetch(`${stack.url('airflow')}/api/v2${path}`, {
      method,
      headers: { authorization: `Bearer ${token.value}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!answer.ok) throw new TypeError(`Airflow: ${method} ${path}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  };
  token.value = await signIn(stack.url('airflow'), password);
  const dags = await known(ask);
  const pause = (dag, isPaused) => ask('PATCH', `/dags/${dag}`, { is_paused: isPaused });
  const runs = async () => (await ask('GET', '/dags/~/dagRuns?limit=500&order_by=start_date')).dag_runs;
  return {
    password,
    runs,
    /** Lets all DAGs but these run: those with hours begin with the slot that is due. */
    async begin(others) {
      for (const dag of dags.filter((one) => !others.includes(one))) await pause(dag, false);
      await settled(runs, 0);
    },
    /** Lets a DAG run, which begins with the slot that is due, and waits for all that follow it. */
    async release(dag) {
      const before = (await runs()).length;
      await pause(dag, false);
      await settled(runs, before);
    },
    /** Starts a DAG as a person does, and waits for all that follow it. */
    async start(dag) {
      const before = (await runs()).length;
      await ask('POST', `/dags/${dag}/dagRuns`, { logical_date: null });
      await settled(runs, before);
    },
    async failures() {
      const failed = (await runs()).filter(({ state }) => state !== 'success');
      return failed.map(({ dag_id, dag_run_id, state }) => `success of ${dag_id} ${dag_run_id}: it is ${state}`);
    },
  };
}

async function signIn(url, password) {
  const answer = await fetch(`${url}/auth/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'admin', password }),
  });
  return (await answer.json()).access_token;
}

/** The DAGs, once the processor has read them all: those of one file appear together. */
async function known(ask) {
  const deadline = performance.now() + 180_000;
  for (;;) {
    const { dags } = await ask('GET', '/dags?limit=100');
    if (dags.length > 0) return dags.map(({ dag_id }) => dag_id);
    if (performance.now() > deadline) throw new TypeError('Airflow has read no DAG within 3 minutes.');
    await sleep(1_000);
  }
}

/** Waits until there are more runs than before and nothing has run for a while. */
async function settled(runs, before) {
  const started = performance.now();
  for (let since = started; performance.now() - since < calmMs; ) {
    await sleep(2_000);
    const all = await runs();
    const isBusy = all.length <= before || all.some(({ state }) => state === 'queued' || state === 'running');
    if (isBusy) since = performance.now();
    if (performance.now() - started > limitMs) {
      const busy = all.filter(({ state }) => state !== 'success').map(({ dag_id, state }) => `${dag_id} ${state}`);
      throw new TypeError(`Airflow did not come to rest within ${limitMs / 60_000} minutes: ${busy.join(', ')}`);
    }
  }
}
