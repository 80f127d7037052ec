// Writes docs/guide/models/<name>.md for every model of the catalogue, from its doc comment, its parameters and what it
// does when it is given bad data; with --check only says whether the pages are up to date.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createViteServer } from 'vitest/node';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, 'docs', 'guide', 'models');
const options = { root, configFile: false, appType: 'custom', logLevel: 'error' };
const vite = await createViteServer({ ...options, server: { middlewareMode: true, ws: false, watch: null } });
const { catalogue, createModel } = await vite.ssrLoadModule('/src/models/catalogue.ts');
const { meaningOf } = await vite.ssrLoadModule('/src/models/parameter-meanings.ts');
const sources = readSources();
const pages = new Map(catalogue.map((entry) => [`${entry.name}.md`, page(entry)]));
await vite.close();

if (process.argv.includes('--check')) {
  const stale = [...pages].filter(([name, text]) => textOf(name) !== text).map(([name]) => name);
  const left = namesIn(folder).filter((name) => !pages.has(name));
  if (stale.length + left.length > 0) {
    console.error(`docs/guide/models is stale: ${[...stale, ...left].join(', ')}. Run: npm run docs:models`);
    process.exit(3);
  }
} else {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const [name, text] of pages) writeFileSync(join(folder, name), text);
  console.log(`${pages.size} pages in docs/guide/models`);
}

function page(entry) {
  const { name, family, defaults } = entry;
  const { minObservations } = createModel(name);
  const { file, own, shared } = proseOf(name);
  return `${[
    `# ${name}`,
    `Made by \`npm run docs:models\` from \`src/models/${file}\`; edit that.`,
    `Family: ${family}. Fewest observations: ${minObservations}.`,
    own,
    ...(shared === '' ? [] : [shared]),
    '## Parameters',
    parameterTable(name, defaults),
    '## The data, and what is wrong with it',
    'What happened when the model was given each, with its default parameters, while this page was made:',
    table('given', 'what happens', probes(name, minObservations)),
    'Observations are equally spaced quotes in time order, oldest first: sorting, repeated dates and gaps are the reader’s affair and are refused there. An error is of the kind `INPUT_INVALID`.',
    '[All models](../models.md)',
  ].join('\n\n')}\n`;
}

function parameterTable(model, defaults) {
  const rows = Object.entries(defaults).map(([name, value]) => [
    `\`${name}\` | ${value === '' ? 'empty' : String(value)}`,
    meaningOf(model, name) ?? unexplained(model, name),
  ]);
  return rows.length === 0 ? 'None.' : table('parameter | default', 'what it is', rows, 3);
}

function unexplained(model, parameter) {
  throw new Error(`src/models/parameter-meanings.ts says nothing of the parameter ${parameter} of ${model}`);
}

function table(first, second, rows, columns = 2) {
  const lines = rows.map(([a, b]) => `| ${a} | ${b} |`);
  return [`| ${first} | ${second} |`, `|${' --- |'.repeat(columns)}`, ...lines].join('\n');
}

/** The doc comments of a model and of the function that several models are made by. */
function proseOf(name) {
  const constant = name.replace(/-(\w)/g, (_, letter) => letter.toUpperCase());
  const pattern = new RegExp(
    `/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\nexport const ${constant}(?:: CatalogueEntry)? = (\\w+)`,
  );
  for (const [file, text] of sources) {
    const [, comment, maker] = pattern.exec(text) ?? [];
    if (comment !== undefined)
      return { file, own: proseIn(comment), shared: maker === 'defineModel' ? '' : makerProse(maker) };
  }
  throw new Error(`src/models has no doc comment for the model ${name}`);
}

function makerProse(maker) {
  const pattern = new RegExp(`/\\*\\*((?:(?!\\*/)[\\s\\S])*)\\*/\\n(?:export )?function ${maker}\\b`);
  const found = sources.map(([, text]) => pattern.exec(text)?.[1]).find((comment) => comment !== undefined);
  return found === undefined ? '' : proseIn(found);
}

function proseIn(comment) {
  const lines = comment.split('\n').map((line) => line.replace(/^\s*\*? ?/, '').trimEnd());
  return lines
    .join('\n')
    .trim()
    .replace(/\{@link (\w+)\}/g, '`$1`')
    .replaceAll(/([^\n])\n(?=[^\n])/g, '$1 ');
}

function readSources() {
  const place = join(root, 'src', 'models');
  return readdirSync(place)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, readFileSync(join(place, file), 'utf8')]);
}

function probes(name, fewest) {
  const length = Math.max(fewest + 40, 160);
  const wave = Float64Array.from({ length }, (_, i) => 100 + 0.1 * i + 3 * Math.sin(i * 1.7) + 2 * Math.cos(i * 0.31));
  const changed = (change) => wave.map((value, i) => change(value, i));
  const odd = (wrong) => changed((value, i) => (i === 30 ? wrong : value));
  return [
    [`${fewest - 1} observations`, outcome(name, wave.slice(0, Math.max(0, fewest - 1)))],
    ['a missing value (NaN)', outcome(name, odd(Number.NaN))],
    ['an infinite value', outcome(name, odd(Number.POSITIVE_INFINITY))],
    [
      'a constant series',
      outcome(
        name,
        changed(() => 100),
      ),
    ],
    [
      'values of 0 and below',
      outcome(
        name,
        changed((value) => value - 105),
      ),
    ],
    [
      'values of about 10^9',
      outcome(
        name,
        changed((value) => value * 1e7),
      ),
    ],
    ['a horizon of 0', outcome(name, wave, 0)],
    ['a parameter it does not have', outcome(name, wave, 3, { nonsense: 1 })],
  ];
}

function outcome(name, y, horizon = 3, parameters = {}) {
  try {
    const { quantiles } = createModel(name, parameters).fit({ y, season: 1 }, { seed: 1 }).forecast(horizon);
    const width = quantiles.at(-1)[horizon - 1] - quantiles[0][horizon - 1];
    return width > 0 ? 'forecasts' : 'forecasts, a distribution without width';
  } catch (error) {
    if (error.code !== 'INPUT_INVALID') throw error;
    const { message, hint } = error;
    return `refused: ${`${message}${/[.!]$/.test(message) ? '' : '.'}${hint === undefined ? '' : ` ${hint}`}`.replaceAll('|', '\\|')}`;
  }
}

function textOf(name) {
  return namesIn(folder).includes(name) ? readFileSync(join(folder, name), 'utf8') : null;
}

function namesIn(place) {
  try {
    return readdirSync(place);
  } catch (error) {
    if (error.code === 'ENOENT') return [];
    throw error;
  }
}
