import type { Dictionary } from './ru.ts';

export const enFigures: Pick<Dictionary, 'figure'> = {
  figure: {
    keys: 'Arrows move the crosshair, plus and minus zoom, Enter takes what is chosen, Escape shows all again.',
    reach: 'Point at the chart, slide a finger along it or press arrow keys: values appear here.',
    picture: 'This chart',
    data: 'All data',
    embed: 'Embed',
    embedText: 'A picture without script; it follows the data.',
    cite: 'Cite',
    source: 'Bank of Russia, accounting prices of refined precious metals',
    citation: (source, title, through, address, seen) =>
      `${source}. “${title}”, data through ${through}. Assay, ${address} (seen ${seen}).`,
    copy: 'Copy',
    copied: 'Copied',
  },
};
