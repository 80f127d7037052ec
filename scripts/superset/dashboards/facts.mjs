// Published forecasts beside the facts that arrived. A pair of texts is [English, Russian]; metrics and columns are those of the dataset.

const perGram = ['₽ per gram', '₽ за грамм'];

export const facts = {
  title: ['Fact against forecast', 'Факт и прогноз'],
  rows: [
    [
      ['facts-scored', 3, 20],
      ['facts-error', 3, 20],
      ['facts-error-roubles', 3, 20],
      ['facts-covered', 3, 20],
    ],
    [['fact-and-forecast', 12, 60]],
    [['forecast-errors', 12, 42]],
    [['fact-table', 12, 64]],
  ],
  filters: ['metal', 'horizon', 'period'],
  withoutPeriod: [],
  charts: {
    'facts-scored': {
      kind: 'figure',
      dataset: 'facts',
      title: ['Forecasts scored', 'Проверено прогнозов'],
      metrics: ['scored'],
    },
    'facts-error': {
      kind: 'figure',
      dataset: 'facts',
      title: ['Mean error', 'Средняя ошибка'],
      metrics: ['mean_percent'],
      note: ['of the price', 'от цены'],
    },
    'facts-error-roubles': {
      kind: 'figure',
      dataset: 'facts',
      title: ['Mean error', 'Средняя ошибка'],
      metrics: ['mean_error'],
      note: perGram,
    },
    'facts-covered': {
      kind: 'figure',
      dataset: 'facts',
      title: ['Inside the 80 % range', 'Внутри диапазона 80 %'],
      metrics: ['covered_80'],
      note: ['should be near 80 %', 'должно быть около 80 %'],
    },
    'fact-and-forecast': {
      kind: 'lines',
      dataset: 'facts',
      title: ['Fact against forecast with its 80 % range, ₽ per gram', 'Факт и прогноз с диапазоном 80 %, ₽ за грамм'],
      x: 'target_date',
      zoomable: true,
      marked: true,
      metrics: ['fact', 'forecast', 'low_80', 'high_80'],
    },
    'forecast-errors': {
      kind: 'bars',
      dataset: 'facts',
      title: ['Forecast minus fact, ₽ per gram', 'Прогноз минус факт, ₽ за грамм'],
      x: 'target_date',
      metrics: ['error'],
    },
    'fact-table': {
      kind: 'rows',
      dataset: 'facts',
      title: ['Forecasts and facts, newest first', 'Прогнозы и факты, новые сверху'],
      columns: [
        'target_date',
        'horizon',
        'cutoff',
        'model_name',
        'mean_rub_per_gram',
        'actual_rub_per_gram',
        'error_rub',
        'error_percent',
        'q100_rub_per_gram',
        'q900_rub_per_gram',
        'hit_80',
        'hit_95',
      ],
      order: [
        ['target_date', false],
        ['horizon', true],
      ],
      limit: 10_000,
      page: 15,
      formats: {
        mean_rub_per_gram: ',.2f',
        actual_rub_per_gram: ',.2f',
        error_rub: '+,.2f',
        error_percent: '+.2f',
        q100_rub_per_gram: ',.2f',
        q900_rub_per_gram: ',.2f',
      },
    },
  },
};
