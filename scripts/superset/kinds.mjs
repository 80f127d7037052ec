// How each kind of chart is asked for and drawn: Superset's form of a chart, and the query that its page would make of
// it, which Superset keeps with a chart so that its API answers without a browser.

const dayFormat = ['%Y-%m-%d', '%d.%m.%Y'];

/** Each kind takes a chart of charts.mjs and gives { vizType, form, query }. */
export const kinds = {
  figure(chart, view) {
    const metric = view.metric(chart.metrics[0]);
    return {
      vizType: 'big_number_total',
      form: {
        metric,
        header_font_size: 0.4,
        subtitle: view.text(chart.note ?? ['', '']),
        subtitle_font_size: 0.15,
        y_axis_format: chart.format ?? view.format(chart.metrics[0]),
        time_format: dayFormat[view.language],
        ...(chart.isDate ? { force_timestamp_formatting: true } : {}),
      },
      query: { columns: [], metrics: [metric], orderby: [] },
    };
  },
  lines: (chart, view) =>
    series(chart, view, 'echarts_timeseries_line', { markerEnabled: chart.marked === true, opacity: 0.2 }),
  area: (chart, view) => series(chart, view, 'echarts_area', { opacity: 0.25, stack: null, markerEnabled: false }),
  bars: (chart, view) =>
    series(chart, view, 'echarts_timeseries_bar', {
      stack: chart.stacked ? 'Stack' : null,
      orientation: chart.lying ? 'horizontal' : 'vertical',
    }),
  map(chart, view) {
    const metric = view.metric(chart.metrics[0]);
    const [across, down] = chart.axes;
    return {
      vizType: 'heatmap_v2',
      form: {
        x_axis: across,
        groupby: down,
        metric,
        sort_x_axis: 'alpha_asc',
        sort_y_axis: 'alpha_desc',
        normalize_across: 'heatmap',
        legend_type: 'continuous',
        linear_color_scheme: chart.scheme,
        value_bounds: chart.bounds,
        xscale_interval: 1,
        yscale_interval: -1,
        left_margin: 50,
        bottom_margin: 'auto',
        y_axis_format: view.format(chart.metrics[0]),
        show_legend: true,
        show_values: false,
        show_percentage: false,
      },
      query: { columns: [axis(across), down], metrics: [metric], orderby: [[across, true]] },
    };
  },
  rows(chart, view) {
    const order = (chart.order ?? []).map(([column, ascending]) => [column, ascending]);
    return {
      vizType: 'table',
      form: {
        query_mode: 'raw',
        all_columns: chart.columns,
        order_by_cols: order.map((each) => JSON.stringify(each)),
        ...tableForm(chart, view),
      },
      query: { columns: chart.columns, metrics: undefined, orderby: order },
    };
  },
  groups(chart, view) {
    const metrics = chart.metrics.map(view.metric);
    const order = view.metric(chart.order[0]);
    return {
      vizType: 'table',
      form: {
        query_mode: 'aggregate',
        groupby: chart.by,
        metrics,
        timeseries_limit_metric: order,
        order_desc: chart.order[1] === false,
        ...tableForm(chart, view),
      },
      query: { columns: chart.by, metrics, orderby: [[order, chart.order[1]]] },
    };
  },
};

function tableForm(chart, view) {
  return {
    page_length: chart.page ?? 0,
    include_search: false,
    show_cell_bars: false,
    color_pn: false,
    allow_rearrange_columns: false,
    table_timestamp_format: chart.withTime ? `${dayFormat[view.language]} %H:%M` : view.text(chart.dates ?? dayFormat),
    column_config: Object.fromEntries([
      ...Object.entries(chart.formats ?? {}).map(([column, d3NumberFormat]) => [column, { d3NumberFormat }]),
      ...(chart.metrics ?? []).map((key) => [key, { d3NumberFormat: view.format(key) ?? undefined }]),
      ...(chart.days ?? []).map((column) => [column, { d3TimeFormat: dayFormat[view.language] }]),
    ]),
  };
}

/** Lines, areas and bars over time or over categories; a zoomable one has the strip to choose a range with. */
function series(chart, view, vizType, own) {
  const metrics = chart.metrics.map(view.metric);
  const groups = chart.by ?? [];
  const isTime = chart.order === undefined;
  return {
    vizType,
    form: {
      x_axis: chart.x,
      time_grain_sqla: chart.grain ?? null,
      metrics,
      groupby: groups,
      ...sorting(chart, isTime),
      order_desc: true,
      show_empty_columns: true,
      truncate_metric: true,
      comparison_type: 'values',
      annotation_layers: [],
      color_scheme: 'supersetColors',
      seriesType: 'line',
      only_total: true,
      zoomable: chart.zoomable === true,
      show_legend: chart.metrics.length + groups.length > 1,
      legendType: 'scroll',
      legendOrientation: 'top',
      rich_tooltip: true,
      showTooltipTotal: false,
      tooltipTimeFormat: dayFormat[view.language],
      x_axis_time_format: chart.xFormat ?? dayFormat[view.language],
      xAxisLabelRotation: 0,
      x_axis_title: view.text(chart.xTitle ?? ['', '']),
      x_axis_title_margin: chart.xTitle ? 30 : 0,
      y_axis_title: view.text(chart.yTitle ?? ['', '']),
      y_axis_title_margin: chart.yTitle ? 50 : 0,
      y_axis_title_position: 'Left',
      y_axis_format: chart.format ?? view.format(chart.metrics[0]),
      truncateYAxis: chart.bounds !== undefined || chart.fromZero !== true,
      y_axis_bounds: chart.bounds ?? [null, null],
      minorSplitLine: false,
      // A month without quotes is a gap, not a line across it.
      ...(chart.monthly ? { resample_rule: '1MS', resample_method: 'asfreq' } : {}),
      ...own,
    },
    query: {
      columns: [axis(chart.x, chart.grain), ...groups],
      metrics,
      series_columns: groups,
      orderby: [[isTime ? chart.x : metrics[0], isTime]],
      post_processing: [
        pivoted(chart, metrics),
        ...(chart.monthly
          ? [{ operation: 'resample', options: { method: 'asfreq', rule: '1MS', fill_value: null } }]
          : []),
        { operation: 'flatten' },
      ],
    },
  };
}

function sorting(chart, isTime) {
  if (isTime) return { x_axis_sort_asc: true };
  const [by, ascending] = chart.order;
  return {
    x_axis_sort: by,
    x_axis_sort_asc: ascending,
    xAxisForceCategorical: true,
  };
}

function axis(column, grain) {
  return {
    columnType: 'BASE_AXIS',
    sqlExpression: column,
    label: column,
    expressionType: 'SQL',
    ...(grain === undefined ? {} : { timeGrain: grain }),
  };
}

function pivoted(chart, metrics) {
  return {
    operation: 'pivot',
    options: {
      index: [chart.x],
      columns: chart.by ?? [],
      aggregates: Object.fromEntries(metrics.map((name) => [name, { operator: 'mean' }])),
      drop_missing_columns: false,
    },
  };
}
