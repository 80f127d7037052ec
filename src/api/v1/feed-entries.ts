import type { AssayApi, MetalName, Quote, Vintage } from '../contract.ts';

export const feedTopics = ['prices', 'forecasts', 'records', 'champions'] as const;
export type FeedTopic = (typeof feedTopics)[number];
export type FeedLang = 'ru' | 'en';

/** One piece of news. */
export interface FeedEntry {
  /** The same for as long as the news is the same. */
  readonly key: string;
  /** When it came to be: instant or the beginning of a day in Moscow, ISO 8601. */
  readonly at: string;
  readonly title: string;
  readonly text: string;
  /** Page of this site that tells more. */
  readonly path: string;
}

const most = 30;
const mostForecasts = 10;

/** News of a metal, newest first. */
export async function feedEntries(
  api: AssayApi,
  metal: MetalName,
  topic: FeedTopic,
  lang: FeedLang,
): Promise<FeedEntry[]> {
  const words = wordsOf(metal, lang);
  switch (topic) {
    case 'prices':
      return (await api.quotes({ metal })).slice(-most).reverse().map(words.price);
    case 'records':
      return recordsOf(await api.quotes({ metal }))
        .slice(-most)
        .reverse()
        .map(words.record);
    case 'forecasts': {
      const summaries = (await api.vintages(metal)).slice(0, mostForecasts);
      const found = await Promise.all(summaries.map(({ vintageId }) => api.forecast(metal, vintageId)));
      return found.flatMap(({ vintage }) => (vintage === null ? [] : [words.forecast(vintage)]));
    }
    case 'champions':
      return (await api.accuracy(metal)).champions.slice(0, most).map((reign) => ({
        key: `champion:${reign.modelName}:${reign.modelVersion}:${reign.firstCutoff}`,
        at: startOf(reign.firstCutoff),
        title: words.champion(reign.modelName, reign.modelVersion),
        text: words.reign(reign.firstCutoff, reign.lastCutoff, reign.forecasts),
        path: '/models',
      }));
  }
}

/** What a feed is called. */
export function feedTitle(metal: MetalName, topic: FeedTopic, lang: FeedLang): string {
  return `Assay · ${names[lang][metal]} · ${topicNames[lang][topic]}`;
}

/** Quotes above every quote before them. */
function recordsOf(quotes: readonly Quote[]): Quote[] {
  let highest = 0;
  return quotes.filter(({ buyRubPerGram }, index) => {
    const isRecord = index > 0 && buyRubPerGram > highest;
    highest = Math.max(highest, buyRubPerGram);
    return isRecord;
  });
}

const names = {
  ru: { gold: 'Золото', silver: 'Серебро', platinum: 'Платина', palladium: 'Палладий' },
  en: { gold: 'Gold', silver: 'Silver', platinum: 'Platinum', palladium: 'Palladium' },
} as const;

const topicNames = {
  ru: { prices: 'новые цены', forecasts: 'прогнозы', records: 'рекорды', champions: 'смена модели' },
  en: { prices: 'new prices', forecasts: 'forecasts', records: 'records', champions: 'models in charge' },
} as const;

function wordsOf(metal: MetalName, lang: FeedLang) {
  const locale = lang === 'ru' ? 'ru-RU' : 'en-GB';
  const money = new Intl.NumberFormat(locale, { style: 'currency', currency: 'RUB' });
  const percent = new Intl.NumberFormat(locale, {
    style: 'percent',
    minimumFractionDigits: 2,
    signDisplay: 'exceptZero',
  });
  const days = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeZone: 'UTC' });
  const day = (date: string) => days.format(new Date(`${date}T00:00:00Z`));
  const name = names[lang][metal];
  const isRussian = lang === 'ru';
  const price = ({ date, buyRubPerGram, changePercent }: Quote): FeedEntry => {
    const change = changePercent === null ? '' : ` (${percent.format(changePercent / 100)})`;
    const text = isRussian
      ? `Учётная цена Банка России на ${day(date)}: ${money.format(buyRubPerGram)} за грамм${change}.`
      : `Accounting price of the Bank of Russia for ${day(date)}: ${money.format(buyRubPerGram)} per gram${change}.`;
    const title = `${name}: ${money.format(buyRubPerGram)}${change}`;
    return {
      key: `price:${date}:${buyRubPerGram}`,
      at: startOf(date),
      title,
      text,
      path: `/history?from=${date}&to=${date}`,
    };
  };
  return {
    price,
    record: (quote: Quote): FeedEntry => ({
      ...price(quote),
      key: `record:${quote.date}:${quote.buyRubPerGram}`,
      title: `${name}: ${isRussian ? 'новый рекорд' : 'a new record'}, ${money.format(quote.buyRubPerGram)}`,
    }),
    forecast: (vintage: Vintage): FeedEntry => {
      const [next] = vintage.points;
      const [low, high] = [next?.quantilesRubPerGram['0.1'], next?.quantilesRubPerGram['0.9']];
      const median = money.format(next?.medianRubPerGram ?? Number.NaN);
      const between = low === undefined || high === undefined ? '' : `${money.format(low)} – ${money.format(high)}`;
      return {
        key: `forecast:${vintage.vintageId}`,
        at: vintage.madeAt,
        title: isRussian
          ? `${name}: прогноз на ${day(next?.targetDate ?? vintage.cutoff)} – ${median}`
          : `${name}: forecast for ${day(next?.targetDate ?? vintage.cutoff)}, ${median}`,
        text: isRussian
          ? `По ценам до ${day(vintage.cutoff)}; с вероятностью 80% ${between}. Модель ${vintage.modelName}, версия ${vintage.modelVersion}.`
          : `From prices up to ${day(vintage.cutoff)}; 80% likely ${between}. Model ${vintage.modelName}, version ${vintage.modelVersion}.`,
        path: `/forecast?vintage=${encodeURIComponent(vintage.vintageId)}`,
      };
    },
    champion: (model: string, version: number) =>
      isRussian
        ? `${name}: прогнозирует ${model}, версия ${version}`
        : `${name}: ${model} forecasts, version ${version}`,
    reign: (first: string, last: string, forecasts: number) =>
      isRussian
        ? `Прогнозы по ценам с ${day(first)} по ${day(last)}, всего ${forecasts}.`
        : `Forecasts from prices of ${day(first)} to ${day(last)}, ${forecasts} in all.`,
  };
}

/** The beginning of a day in Moscow, whose offset has been three hours since 2014; before, the hour is of no weight here. */
function startOf(date: string): string {
  return `${date}T00:00:00+03:00`;
}
