// The newest forecast with its ranges, and those published before it. A pair of texts is [English, Russian]; metrics and columns are those of the dataset.

const perGram = ['₽ per gram', '₽ за грамм'];

export const forecast = {
  title: ['Forecast', 'Прогноз'],
  rows: [
    [
      ['next-price', 3, 20],
      ['furthest-price', 3, 20],
      ['furthest-low', 3, 20],
      ['furthest-high', 3, 20],
    ],
    [['outlook', 12, 64]],
    [['forecast-table', 12, 66]],
    [['former-forecasts', 12, 56]],
  ],
  filters: ['metal', 'period'],
  withoutPeriod: ['next-price', 'furthest-price', 'furthest-low', 'furthest-high', 'outlook', 'forecast-table'],
  charts: {
    'next-price': {
      kind: 'figure',
      dataset: 'forecasts',
      title: ['Next price', 'Следующая цена'],
      metrics: ['next_price'],
      note: perGram,
    },
    'furthest-price': {
      kind: 'figure',
      dataset: 'forecasts',
      title: ['Fourteenth quote', 'Четырнадцатая котировка'],
      metrics: ['furthest_price'],
      note: perGram,
    },
    'furthest-low': {
      kind: 'figure',
      dataset: 'forecasts',
      title: ['Fourteenth: 80 % from', 'Четырнадцатая: 80 % от'],
      metrics: ['furthest_low'],
      note: perGram,
    },
    'furthest-high': {
      kind: 'figure',
      dataset: 'forecasts',
      title: ['Fourteenth: 80 % to', 'Четырнадцатая: 80 % до'],
      metrics: ['furthest_high'],
      note: perGram,
    },
    outlook: {
      kind: 'lines',
      dataset: 'outlook',
      title: [
        'Fact and forecast with ranges of 80 % and 95 %, ₽ per gram',
        'Факт и прогноз с диапазонами 80 % и 95 %, ₽ за грамм',
      ],
      x: 'day',
      zoomable: true,
      metrics: ['actual', 'mean_forecast', 'low_80', 'high_80', 'low_95', 'high_95'],
    },
    'forecast-table': {
      kind: 'rows',
      dataset: 'forecasts',
      title: ['The newest forecast', 'Последний прогноз'],
      where: [['is_newest', '==', true]],
      columns: [
        'horizon',
        'target_date',
        'date_is',
        'mean_rub_per_gram',
        'q100_rub_per_gram',
        'q900_rub_per_gram',
        'q025_rub_per_gram',
        'q975_rub_per_gram',
        'model_name',
        'cutoff',
      ],
      order: [['horizon', true]],
      limit: 100,
      formats: {
        mean_rub_per_gram: ',.2f',
        q025_rub_per_gram: ',.2f',
        q100_rub_per_gram: ',.2f',
        q900_rub_per_gram: ',.2f',
        q975_rub_per_gram: ',.2f',
      },
    },
    'former-forecasts': {
      kind: 'lines',
      dataset: 'vintages',
      title: [
        'Forecasts of the last sixty days as published, and the fact, ₽ per gram',
        'Прогнозы последних шестидесяти дней, как опубликованы, и факт, ₽ за грамм',
      ],
      x: 'target_date',
      metrics: ['published'],
      by: ['line_name'],
      zoomable: true,
      marked: true,
    },
  },
};
