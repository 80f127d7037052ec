import { openSuperset } from './superset.mjs';

/** Before the price is published nothing may know it, and there must be a forecast of it. */
export async function checkMorning(stack, next) {
  const found = await Promise.all(
    next.map(async ({ metal, date }) => [
      [`no price of ${metal} for ${date} before it is published`, (await pricesIn(stack, metal, date)).length === 0],
      [`a forecast of ${metal} for ${date}, made before`, (await forecastsOf(stack, metal, date)).length === 1],
    ]),
  );
  return told(found.flat());
}

/** The published price everywhere, the forecast of it scored, a new forecast made, and nothing twice. */
export async function checkEvening(stack, next, compared) {
  const superset = await openSuperset(stack);
  const found = [];
  for (const price of next) {
    found.push(...(await inDatabases(stack, price)), ...(await onOurPages(stack, price)));
    found.push(...(await inMlflow(stack, price, compared)), ...(await inSuperset(superset, price)));
  }
  found.push(...(await nothingTwice(stack, next)));
  return told(found);
}

function told(found) {
  for (const [what, isSo] of found) console.log(`        ${isSo ? 'so ' : 'NOT'}  ${what}`);
  return found.filter(([, isSo]) => !isSo).map(([what]) => what);
}

async function inDatabases(stack, { metal, date, rubPerGram }) {
  const prices = await pricesIn(stack, metal, date);
  const olap = await stack.clickhouse(
    `SELECT toFloat64(buy_rub_per_gram) AS price FROM quote_daily WHERE metal = '${metal}' AND effective_date = '${date}'`,
  );
  const scored = await stack.warehouse(
    'select v.made_at < q.known_at as is_before from dm.forecast_vs_fact f join dm.forecast_vintage v using (vintage_id) ' +
      'join dm.quote_daily q on q.metal = f.metal and q.effective_date = f.target_date ' +
      'where f.metal = $1 and f.target_date = $2 and f.horizon = 1',
    [metal, date],
  );
  const isIt = (rows) => rows.length === 1 && Number(rows[0].price) === rubPerGram;
  return [
    [`${metal} ${date} ${rubPerGram} in PostgreSQL, once`, isIt(prices)],
    [`${metal} ${date} ${rubPerGram} in ClickHouse, once`, isIt(olap)],
    [`the morning's forecast of ${metal} for ${date} scored`, scored.length === 1 && scored[0].is_before],
  ];
}

const pricesIn = (stack, metal, date) =>
  stack.warehouse('select buy_rub_per_gram as price from dm.quote_daily where metal = $1 and effective_date = $2', [
    metal,
    date,
  ]);

const forecastsOf = (stack, metal, date) =>
  stack.warehouse(
    'select vintage_id from dm.forecast_vintage v join dm.forecast_point p using (vintage_id) ' +
      'where v.metal = $1 and p.target_date = $2 and p.horizon = 1',
    [metal, date],
  );

async function onOurPages(stack, { metal, date, rubPerGram }) {
  const api = `${stack.url('assay')}/api/v1/metals/${metal}`;
  const { data: today } = await (await fetch(`${api}/today`)).json();
  const forecast = await (await fetch(`${api}/forecast`)).json();
  const page = await (await fetch(`${stack.url('assay')}/?lang=en&metal=${metal}`)).text();
  return [
    [`${metal} ${date} in our API`, today.last?.date === date && Number(today.last.buyRubPerGram) === rubPerGram],
    [`${metal} ${date} on our page`, page.includes(grouped(rubPerGram))],
    [`a forecast of ${metal} from ${date} in our API`, JSON.stringify(forecast).includes(`"cutoff":"${date}"`)],
  ];
}

const grouped = (number) => new Intl.NumberFormat('en', { minimumFractionDigits: 2 }).format(number);

async function inMlflow(stack, { metal, date }, { models }) {
  const ask = async (path, body) => {
    const answer = await fetch(`${stack.url('mlflow')}/api/2.0/mlflow/${path}`, {
      headers: { 'content-type': 'application/json' },
      ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
    });
    return answer.json();
  };
  const name = encodeURIComponent(`assay/${metal}/tournament`);
  const { experiment } = await ask(`experiments/get-by-name?experiment_name=${name}`);
  const { runs = [] } = await ask('runs/search', { experiment_ids: [experiment?.experiment_id], max_results: 1000 });
  const parents = runs.filter(({ data }) => !data.tags.some(({ key }) => key === 'mlflow.parentRunId'));
  const candidates = runs.length - parents.length;
  const alias = await ask(`registered-models/alias?name=assay-${metal}&alias=champion`);
  const [newest] = await stack.warehouse(
    'select tracking_run_id, cutoff::text from dm.forecast_vintage where metal = $1 order by cutoff desc limit 1',
    [metal],
  );
  const { files = [] } = await ask(`artifacts/list?run_id=${parents[0]?.info.run_id}&path=charts`);
  return [
    [
      `one tournament of ${metal} and a run for each of its ${candidates} models in MLflow`,
      parents.length === 1 && (models === null ? candidates > 10 : candidates === models),
    ],
    [`all of them finished`, runs.length > 0 && runs.every(({ info }) => info.status === 'FINISHED')],
    [`its charts in S3, through MLflow`, files.some(({ path }) => path.endsWith('.svg'))],
    [
      `the forecast of ${metal} from ${date} made by MLflow's champion`,
      newest?.cutoff === date && alias.model_version?.run_id === newest.tracking_run_id,
    ],
  ];
}

async function inSuperset(superset, { metal, date, rubPerGram }) {
  const name = metal[0].toUpperCase() + metal.slice(1);
  const has = async (chart, wanted) => {
    const rows = await superset.rows(chart, name);
    return rows.some((row) => Object.values(row).some(isDate(date)) && wanted(Object.values(row)));
  };
  const price = (cells) => cells.map(Number).includes(rubPerGram);
  return [
    [`${name} ${date} in Superset's half year (PostgreSQL)`, await has('half_year', price)],
    [`${name} ${date} in Superset's full history (ClickHouse)`, await has('full_history', price)],
    [`${name} ${date} in Superset's forecasts and facts`, await has('fact_table', price)],
    [`${name} ${date} in Superset's outlook, from which the forecast goes on`, await has('outlook', price)],
    [`${name} ${date} in Superset's table of freshness`, await has('freshness', () => true)],
  ];
}

/** Superset gives a date as milliseconds or as text. */
const isDate = (date) => (cell) =>
  typeof cell === 'number' ? cell === Date.parse(`${date}T00:00:00Z`) : String(cell).startsWith(date);

async function nothingTwice(stack, next) {
  const metals = next.map(({ metal }) => metal);
  const [{ rows: quotes, days }] = await stack.warehouse(
    'select count(*)::int as rows, count(distinct (metal, effective_date))::int as days from dm.quote_daily',
  );
  const [olap] = await stack.clickhouse(
    'SELECT count() AS rows, uniqExact(metal, effective_date) AS days FROM quote_daily',
  );
  const [{ revised }] = await stack.warehouse(
    'select count(*)::int as revised from ods.metal_quote where revision > 1',
  );
  const vintages = await stack.warehouse(
    'select metal, count(*)::int as all, count(distinct cutoff)::int as cutoffs from dm.forecast_vintage group by metal',
  );
  const tournaments = await stack.warehouse('select metal, count(*)::int as all from dm.tournament group by metal');
  const slots = await stack.warehouse(
    "select flow, parameters, count(*)::int as all from ops.run where status = 'running' group by 1, 2",
  );
  return [
    [`${quotes} quotes in PostgreSQL, none twice`, quotes === days && revised === 0],
    [`the same ${olap.rows} in ClickHouse`, olap.rows === olap.days && olap.rows === quotes],
    [
      'two forecasts of each metal: of the morning and of the evening',
      vintages.length === metals.length && vintages.every((one) => one.all === 2 && one.cutoffs === 2),
    ],
    ['one tournament of each metal', tournaments.length === metals.length && tournaments.every((one) => one.all === 1)],
    ['no run left open', slots.length === 0],
  ];
}
