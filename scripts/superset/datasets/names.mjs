// Names of codes in both languages, as SQL that a dataset computes. Languages: 0 English, 1 Russian.

const metals = {
  gold: ['Gold', 'Золото'],
  silver: ['Silver', 'Серебро'],
  platinum: ['Platinum', 'Платина'],
  palladium: ['Palladium', 'Палладий'],
};
const simulated = [' (SIMULATED)', ' (СИМУЛЯЦИЯ)'];
const statuses = {
  succeeded: ['succeeded', 'успешно'],
  failed: ['failed', 'сбой'],
  running: ['running', 'идёт'],
  cancelled: ['cancelled', 'отменён'],
};

/** The name of the metal in the reader's language; prices that are made up say so wherever they are drawn. */
export const metalName = {
  name: 'metal_name',
  type: 'TEXT',
  title: ['Metal', 'Металл'],
  expression: (language) =>
    `${named('metal', metals, language)} || CASE WHEN simulated THEN '${simulated[language]}' ELSE '' END`,
};

export const statusName = {
  name: 'status_name',
  type: 'TEXT',
  title: ['Status', 'Состояние'],
  expression: (language) => named('status', statuses, language),
};

/** One of two texts for a condition in SQL. */
export function eitherText(name, title, condition, [yes, no]) {
  return {
    ...{ name, type: 'TEXT', title },
    expression: (language) => `CASE WHEN ${condition} THEN '${yes[language]}' ELSE '${no[language]}' END`,
  };
}

/** Formats of numbers: a price with at most two digits, a share as a percentage. */
export const price = ',.2~f';
export const share = '.2%';

function named(column, names, language) {
  const cases = Object.entries(names).map(([code, title]) => `WHEN '${code}' THEN '${title[language]}'`);
  return `CASE ${column} ${cases.join(' ')} ELSE ${column} END`;
}
