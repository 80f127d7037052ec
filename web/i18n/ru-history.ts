import { formatOf } from './format.ts';

const f = formatOf('ru');
const quotes = { one: 'котировку', few: 'котировки', other: 'котировок' };

/** Texts of the history. */
export const ruHistory = {
  history: {
    title: (metal: string) => `История цен ${metal}`,
    range: 'Период',
    presets: {
      m1: '1 мес',
      m6: '6 мес',
      ytd: 'С начала года',
      y1: '1 год',
      y5: '5 лет',
      y10: '10 лет',
      all: 'Всё',
    },
    min: 'Минимум',
    max: 'Максимум',
    mean: 'Среднее',
    volatility: 'Волатильность',
    volatilityNote: 'годовая: отклонение дневных изменений × √247',
    count: 'Котировок',
    description: (metal: string, from: string, to: string) =>
      `Учётная цена ${metal}, покупка, с ${from} по ${to}. Разрыв линии: дни без цен.`,
    tableTitle: 'Котировки',
    nothing: 'В этом периоде нет котировок.',
    scale: 'Шкала',
    linear: 'обычная',
    log: 'логарифмическая',
    view: 'Вид',
    views: {
      level: 'Цена',
      change: 'Изменение',
      percent: 'Изменение, %',
      year: 'Год к году',
      index: 'Индекс',
      log: 'Лог. доходность',
      drawdown: 'Просадка',
      volatility: 'Волатильность',
    },
    shown: {
      level: (metal: string, _window: number, _base: string) => `Цена ${metal}, покупка, ₽ за грамм`,
      change: (metal: string, _window: number, _base: string) => `Изменение цены ${metal} к прошлой котировке, ₽`,
      percent: (metal: string, _window: number, _base: string) => `Изменение цены ${metal} к прошлой котировке, %`,
      year: (metal: string, _window: number, _base: string) => `Цена ${metal} год к году, %`,
      index: (metal: string, _window: number, base: string) => `Цена ${metal}: ${base} = 100`,
      log: (metal: string, _window: number, _base: string) => `Логарифмическая доходность ${metal}, %`,
      drawdown: (metal: string, _window: number, _base: string) =>
        `Цена ${metal}: насколько ниже прежнего максимума, %`,
      volatility: (metal: string, window: number, _base: string) =>
        `Волатильность ${metal} за ${f.count(window, quotes)}, % годовых`,
    },
    shownFigures: (shown: { min: string; max: string; mean: string; deviation: string }) =>
      `Показанный ряд: минимум ${shown.min}, максимум ${shown.max}, среднее ${shown.mean}, стандартное отклонение ${shown.deviation}.`,
    tooShort: 'До этого периода не хватает котировок, чтобы посчитать этот ряд.',
    window: 'Окно',
    compare: 'Сравнить',
    usd: 'Доллар США',
    anomaly: 'Необычный день',
    brushFrom: 'Начало периода',
    brushTo: 'Конец периода',
    rules: {
      discounts: 'Банк ввёл скидки: цена покупки стала ниже цены продажи.',
      equal: 'Скидки отменены: цены покупки и продажи равны.',
      evening:
        'Не позже этого дня цена золота стала считаться по вечерней лондонской цене; до 20.05.2021 точно по утренней. Дня перехода Банк не называл.',
      directive: 'Новое указание: лондонские цены, известные Банку в 15:30 по Москве.',
    },
  },
};
