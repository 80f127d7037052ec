import type { ruData } from './ru-data.ts';

/** Texts of the page Data and API, in English. */
export const enData: typeof ruData = {
  data: {
    title: 'Data and API',
    lead: 'Everything the pages show can be taken along: as a file, by request, as a news feed or as a widget. No account is needed.',
    downloads: 'Downloads',
    downloadsText: (metal) =>
      `Tables of ${metal}. The second sheet of a workbook tells where the data comes from; columns of Parquet are typed. A missing value is an empty cell, never zero.`,
    dataset: 'Table',
    format: 'Format',
    sets: {
      quotes: 'Daily prices',
      months: 'Months',
      forecast: 'Forecast',
      vintages: 'All forecasts',
      facts: 'Forecast and fact',
      nowcast: 'Next price',
      today: 'The latest 60 prices',
      comparison: 'Comparison of models',
    },
    whole: 'The whole history is one file; a range, columns and the moment “what was known then” are chosen below.',
    tryTitle: 'Try a request',
    tryText:
      'Fill in the fields and press “Send”: the server’s answer opens, and its address can go into a program of yours. An empty field means “not given”.',
    send: 'Send',
    openapi: 'Description of the API (OpenAPI 3.1)',
    guide:
      'Answers carry ETag and Last-Modified; errors are Problem Details that name the parameter, its value and what is allowed.',
    fields: {
      from: 'From',
      to: 'To',
      limit: 'Rows of a page',
      page: 'Page (1 is the newest)',
      fields: 'Columns, by commas',
      as_of: 'As known at (day or instant)',
      vintage: 'Id of a forecast',
      horizon: 'Step',
    },
    feeds: 'Feeds',
    feedsText: 'Subscribe in any feed reader: an entry appears together with the news.',
    topic: 'About',
    topics: { prices: 'New prices', forecasts: 'Forecasts', records: 'Record prices', champions: 'Models in charge' },
    embeds: 'Widgets for a site of yours',
    embedsText: 'Paste the code into a page: a widget has no script and no cookie, and its data renews itself.',
    embedNames: { card: 'Price card', history: 'Chart of a year', forecast: 'Forecast fan' },
    open: 'Open',
    picture: 'SVG picture',
    methods: 'Methods and definitions',
    terms: [
      [
        'Accounting price',
        'The Bank of Russia’s price of a gram. Set on a working day, in force from the next; Monday carries Saturday’s.',
      ],
      [
        'Change',
        'Against the price before. Across a break of more than 30 days there is none: the value is simply missing.',
      ],
      [
        'Part of the metal and of the rouble',
        'A change of the rouble price is made of the world price (price × 31.1035 / rate) and the official dollar rate.',
      ],
      ['Volatility', 'Standard deviation of daily logarithmic changes × √247, in percent a year.'],
      ['Drawdown', 'How far the price is below the highest before it.'],
      ['Anomaly', 'A change more than 6 robust deviations from the usual, by the 250 changes before the month.'],
      [
        'Forecast',
        'A distribution for 14 quotes ahead. The median is its middle; the 80% interval should hold in 8 cases of 10, and the forecast page shows how often it did.',
      ],
      [
        'Gain over “today’s price”',
        '1 less the ratio of the model’s mean error to that of the rule “the price stays”. Below zero the model is worse.',
      ],
      [
        'Revision',
        'When the Bank changes what it published, the former value stays and the new one is the next revision. A request with as_of answers with what was known then.',
      ],
    ],
    sources: 'Sources and terms',
    sourceList: [
      [
        'Bank of Russia',
        'Accounting prices and the official dollar rate. Material of the Bank’s site may be used with a reference to it.',
      ],
      [
        'London (LBMA)',
        'Optional, and only where configured. Whoever configures it accepts the licence; these prices are not handed on.',
      ],
      [
        'Moscow Exchange',
        'Optional, and only where configured. Whoever configures it accepts the exchange’s terms; these values are not handed on.',
      ],
      ['Assay itself', 'Forecasts and figures under Apache-2.0, without warranty. No advice to buy or sell.'],
    ],
  },
};
