import type { ruReport } from './ru-report.ts';

/** Texts of the report, in English. */
export const enReport: typeof ruReport = {
  report: {
    name: 'Report',
    title: (metal, date) => `${metal}: report for ${date}`,
    print: 'One page of A4: print it, or save it as a PDF from the browser.',
    price: 'Accounting price per gram',
    change: 'Change on the day',
    overYear: 'Over a year',
    range: 'Range of the year',
    record: 'All-time high',
    year: 'Price over a year, ₽ per gram',
    outlook: 'Forecast of 14 quotes',
    basis:
      'Prices of the Bank of Russia; a change is against the price before. The 80% interval should hold in 8 cases of 10, the 95% one in 19 of 20. No advice to buy or sell.',
    link: 'Report on one page',
  },
};
