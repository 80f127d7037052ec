// The asset bundle that Superset imports, by path: databases, datasets, charts and dashboards in both languages.
import { createHash } from 'node:crypto';
import { accuracy } from './dashboards/accuracy.mjs';
import { facts } from './dashboards/facts.mjs';
import { forecast } from './dashboards/forecast.mjs';
import { health } from './dashboards/health.mjs';
import { history } from './dashboards/history.mjs';
import { months } from './dashboards/months.mjs';
import { forecasts } from './datasets/forecasts.mjs';
import { pipeline } from './datasets/pipeline.mjs';
import { prices } from './datasets/prices.mjs';
import { kinds } from './kinds.mjs';
import { toYaml } from './yaml.mjs';

const languages = ['en', 'ru'];
const version = '1.0.0';
const datasets = { ...prices, ...forecasts, ...pipeline };
const dashboards = { history, months, forecast, facts, accuracy, health };
const charts = Object.assign({}, ...Object.values(dashboards).map((dashboard) => dashboard.charts));

/** Filters of a dashboard: the column each chooses a value of, null for the range of dates. */
const filters = {
  metal: { title: ['Metal', 'Металл'], column: 'metal_name' },
  horizon: { title: ['Horizon, quotes', 'Горизонт, котировок'], column: 'horizon' },
  period: { title: ['Dates', 'Даты'], column: null },
};

/** [path below assets/, text of the file], in order. */
export function bundleFiles() {
  const files = [
    ['metadata.yaml', { version, type: 'assets', timestamp: '2026-01-01T00:00:00+00:00' }],
    ...Object.entries(databases).map(([name, database]) => [`databases/assay_${name}.yaml`, database]),
  ];
  for (const language of [0, 1]) {
    for (const key of Object.keys(datasets)) files.push(datasetFile(key, language));
    for (const key of Object.keys(charts)) files.push(chartFile(key, language));
    for (const key of Object.keys(dashboards)) files.push(dashboardFile(key, language));
  }
  return files.map(([path, content]) => [path, toYaml(content)]);
}

/** The addresses are those of an installation on this machine; assets.py puts the ones in force in their place. */
const databases = {
  postgresql: database('Assay PostgreSQL', 'postgresql', 'postgresql+psycopg2://assay_bi@127.0.0.1:5433/assay'),
  clickhouse: database('Assay ClickHouse', 'clickhouse', 'clickhousedb://assay_bi@127.0.0.1:8123/assay'),
};

function database(title, key, address) {
  return {
    database_name: title,
    sqlalchemy_uri: address,
    cache_timeout: null,
    expose_in_sqllab: true,
    allow_run_async: false,
    allow_ctas: false,
    allow_cvas: false,
    allow_dml: false,
    allow_csv_upload: false,
    extra: { allows_virtual_table_explore: true, metadata_params: {}, engine_params: {} },
    impersonate_user: false,
    uuid: identity('database', key),
    version,
  };
}

function datasetFile(key, language) {
  const dataset = datasets[key];
  const content = {
    table_name: `Assay: ${dataset.title[language]} (${languages[language]})`,
    main_dttm_col: dataset.time,
    description: null,
    default_endpoint: null,
    offset: 0,
    cache_timeout: null,
    schema: dataset.database === 'postgresql' ? 'dm' : 'assay',
    sql: dataset.sql,
    // Named, so that no import rewrites the SQL for another dialect.
    source_db_engine: dataset.database === 'postgresql' ? 'postgresql' : 'clickhousedb',
    params: null,
    template_params: null,
    filter_select_enabled: true,
    fetch_values_predicate: null,
    extra: null,
    normalize_columns: false,
    always_filter_main_dttm: false,
    uuid: identity('dataset', key, language),
    metrics: dataset.metrics.map(([name, expression, title, format]) => ({
      metric_name: name,
      verbose_name: title[language],
      metric_type: null,
      expression: dataset.metal ? ofOneMetal(expression) : expression,
      description: null,
      d3format: format,
      currency: null,
      extra: {},
      warning_text: null,
    })),
    columns: columnsOf(dataset, language),
    version,
    database_uuid: identity('database', dataset.database),
  };
  return [`datasets/${languages[language]}/${fileName(key)}.yaml`, content];
}

/** A figure over several metals at once means nothing: it is missing, not a mixture. */
function ofOneMetal(expression) {
  return expression.startsWith('COUNT') ? expression : `CASE WHEN MIN(metal) = MAX(metal) THEN ${expression} END`;
}

function columnsOf(dataset, language) {
  const stored = dataset.columns.map(([name, type, title]) => ({ name, type, title, expression: () => null }));
  return [...stored, ...dataset.computed].map(({ name, type, title, expression }) => ({
    column_name: name,
    verbose_name: title[language],
    is_dttm: /^(DATE|TIMESTAMP)/i.test(type),
    is_active: true,
    type,
    advanced_data_type: null,
    groupby: true,
    filterable: true,
    expression: expression(language),
    description: null,
    python_date_format: null,
    extra: {},
  }));
}

function chartFile(key, language) {
  const chart = charts[key];
  const dataset = datasets[chart.dataset];
  const where = [
    ...(chart.where ?? []),
    ...(dataset.time === null ? [] : [[dataset.time, 'TEMPORAL_RANGE', 'No filter']]),
  ];
  const { vizType, form, query } = kinds[chart.kind](chart, viewOf(dataset, language));
  const params = {
    viz_type: vizType,
    ...form,
    adhoc_filters: where.map(([subject, operator, comparator]) => ({
      ...{ expressionType: 'SIMPLE', clause: 'WHERE', subject, operator, comparator },
      ...{ operatorId: operatorIds[operator], isExtra: false, isNew: false, datasourceWarning: false },
      filterOptionName: `filter_${identity('filter', `${key}/${subject}`).slice(0, 11).replace('-', '_')}`,
    })),
    row_limit: chart.limit ?? 50_000,
    extra_form_data: {},
  };
  const context = {
    datasource: { id: 1, type: 'table' },
    force: false,
    queries: [queryOf(query, where, params.row_limit)],
    form_data: params,
    result_format: 'json',
    result_type: 'full',
  };
  const content = {
    slice_name: chart.title[language],
    description: null,
    certified_by: null,
    certification_details: null,
    viz_type: vizType,
    params,
    query_context: JSON.stringify(context),
    cache_timeout: null,
    uuid: identity('chart', key, language),
    version,
    dataset_uuid: identity('dataset', chart.dataset, language),
  };
  return [`charts/${languages[language]}/${fileName(key)}.yaml`, content];
}

const operatorIds = { '==': 'EQUALS', '<=': 'LESS_THAN_OR_EQUAL', TEMPORAL_RANGE: 'TEMPORAL_RANGE' };

function queryOf(query, where, limit) {
  return {
    filters: where.map(([col, op, val]) => ({ col, op, val })),
    extras: { having: '', where: '' },
    applied_time_extras: {},
    annotation_layers: [],
    row_limit: limit,
    series_limit: 0,
    order_desc: true,
    url_params: {},
    custom_params: {},
    custom_form_data: {},
    ...query,
  };
}

/** What a kind of chart asks of its dataset, in one language. */
function viewOf(dataset, language) {
  const known = new Map(dataset.metrics.map((metric) => [metric[0], metric]));
  const metricOf = (key) => known.get(key) ?? missing(key);
  return {
    language,
    text: (pair) => pair[language],
    format: (key) => metricOf(key)[3],
    metric: (key) => metricOf(key)[0],
  };
}

function missing(key) {
  throw new TypeError(`There is no metric ${key} in the dataset of this chart.`);
}

function dashboardFile(key, language) {
  const dashboard = dashboards[key];
  const keys = dashboard.rows.flat().map(([chart]) => chart);
  const content = {
    dashboard_title: `Assay: ${dashboard.title[language]}`,
    description: null,
    css: '',
    slug: `assay-${key}-${languages[language]}`,
    certified_by: null,
    certification_details: null,
    published: true,
    uuid: identity('dashboard', key, language),
    position: positionOf(key, dashboard, language),
    metadata: {
      color_scheme: 'supersetColors',
      label_colors: colours,
      shared_label_colors: [],
      map_label_colors: {},
      color_scheme_domain: [],
      refresh_frequency: 0,
      timed_refresh_immune_slices: [],
      expanded_slices: {},
      cross_filters_enabled: false,
      filter_bar_orientation: 'HORIZONTAL',
      chart_configuration: {},
      global_chart_configuration: { scope: { rootPath: ['ROOT_ID'], excluded: [] } },
      native_filter_configuration: dashboard.filters.map((name) => filterOf(name, dashboard, keys, language)),
    },
    version,
  };
  return [`dashboards/${languages[language]}/${fileName(key)}.yaml`, content];
}

/** Meanings that keep their colour on every dashboard. */
const colours = {
  ...{ succeeded: '#5AC189', успешно: '#5AC189', failed: '#E04355', сбой: '#E04355' },
  ...{ running: '#FFB300', идёт: '#FFB300', cancelled: '#9E9E9E', отменён: '#9E9E9E' },
  ...{
    of_metal: '#D4A017',
    of_rouble: '#4C78A8',
    buy: '#B8860B',
    sell: '#4C78A8',
    mean_buy: '#B8860B',
    mean_sell: '#4C78A8',
  },
  ...{ Gold: '#B8860B', Золото: '#B8860B', Silver: '#8A939B', Серебро: '#8A939B' },
  ...{ actual: '#B8860B', fact: '#B8860B', факт: '#B8860B', mean_forecast: '#2F5D8C', forecast: '#2F5D8C' },
  ...{ low_80: '#86A9CF', high_80: '#86A9CF', low_95: '#C3D5E8', high_95: '#C3D5E8' },
  // A metric whose title is a column's too is looked for by the column.
  ...{ q100_rub_per_gram: '#86A9CF', q900_rub_per_gram: '#86A9CF', error_rub: '#2F5D8C', прогноз: '#2F5D8C' },
  ...{ mean_error: '#2F5D8C', naive_error: '#C3D5E8', covered_80: '#86A9CF', covered_95: '#2F5D8C', error: '#2F5D8C' },
};

function positionOf(key, dashboard, language) {
  const position = {
    DASHBOARD_VERSION_KEY: 'v2',
    ROOT_ID: { type: 'ROOT', id: 'ROOT_ID', children: ['GRID_ID'] },
    GRID_ID: { type: 'GRID', id: 'GRID_ID', children: [], parents: ['ROOT_ID'] },
    HEADER_ID: { type: 'HEADER', id: 'HEADER_ID', meta: { text: `Assay: ${dashboard.title[language]}` } },
  };
  for (const [number, cells] of dashboard.rows.entries()) {
    const row = `ROW-${key}-${number + 1}`;
    position.GRID_ID.children.push(row);
    position[row] = {
      type: 'ROW',
      id: row,
      children: [],
      parents: ['ROOT_ID', 'GRID_ID'],
      meta: { background: 'BACKGROUND_TRANSPARENT' },
    };
    for (const [chart, width, height] of cells) {
      const id = `CHART-${chart}`;
      position[row].children.push(id);
      position[id] = {
        type: 'CHART',
        id,
        children: [],
        parents: ['ROOT_ID', 'GRID_ID', row],
        meta: {
          chartId: numberOf(chart),
          width,
          height,
          sliceName: charts[chart].title[language],
          uuid: identity('chart', chart, language),
        },
      };
    }
  }
  return position;
}

function filterOf(name, dashboard, keys, language) {
  const filter = filters[name];
  const isPeriod = filter.column === null;
  const hasColumn = (chart) =>
    columnsOf(datasets[charts[chart].dataset], language).some((each) => each.column_name === filter.column);
  const outside = isPeriod
    ? keys.filter((chart) => dashboard.withoutPeriod.includes(chart) || datasets[charts[chart].dataset].time === null)
    : keys.filter((chart) => !hasColumn(chart));
  const source = keys.find((chart) => !outside.includes(chart));
  return {
    id: `NATIVE_FILTER-${name}`,
    name: filter.title[language],
    type: 'NATIVE_FILTER',
    filterType: isPeriod ? 'filter_time' : 'filter_select',
    targets: isPeriod
      ? [{}]
      : [{ column: { name: filter.column }, datasetUuid: identity('dataset', charts[source].dataset, language) }],
    // One value always: prices of two metals, or errors of two horizons, do not mix.
    controlValues: isPeriod
      ? { enableEmptyFilter: false }
      : {
          enableEmptyFilter: true,
          defaultToFirstItem: true,
          multiSelect: false,
          searchAllOptions: false,
          inverseSelection: false,
          sortAscending: true,
        },
    defaultDataMask: { extraFormData: {}, filterState: {}, ownState: {} },
    ...(isPeriod ? {} : { requiredFirst: true }),
    cascadeParentIds: [],
    scope: { rootPath: ['ROOT_ID'], excluded: outside.map(numberOf) },
    description: '',
  };
}

/** The number by which a dashboard of the bundle refers to a chart; Superset puts its own in its place. */
function numberOf(chart) {
  return Object.keys(charts).indexOf(chart) + 1;
}

function fileName(key) {
  return key.replaceAll('-', '_');
}

/** The same identity for the same thing in every release: a name-based UUID (RFC 9562, version 5). */
export function identity(kind, key, language) {
  const name = `assay/superset/${kind}/${key}${language === undefined ? '' : `/${languages[language]}`}`;
  const bytes = createHash('sha1').update(Buffer.from('6ba7b8119dad11d180b400c04fd430c8', 'hex')).update(name).digest();
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
