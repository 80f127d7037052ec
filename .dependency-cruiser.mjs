// The walls between folders, type imports included. tests/architecture.test.ts proves that each of them stands.

import swc from '@swc/core';

// dependency-cruiser 17 parses every file without JSX; a .tsx file would end the check with a syntax error.
const parseFileSync = swc.parseFileSync;
swc.parseFileSync = (path, options) => parseFileSync(path, { ...options, tsx: path.endsWith('.tsx') });

/** What each folder of src may import besides itself. */
const allowed = {
  domain: [],
  stats: ['domain'],
  models: ['domain', 'stats'],
  backtest: ['domain', 'stats'],
  ports: ['domain'],
  panel: ['domain', 'stats'],
  flows: ['domain', 'stats', 'models', 'backtest', 'panel', 'ports'],
  config: ['domain'],
  adapters: ['ports', 'domain', 'config'],
  embedded: ['domain', 'config'],
  replica: ['domain', 'config'],
  api: ['flows', 'config', 'domain', 'ports'],
  runtime: ['flows', 'ports', 'domain', 'config', 'embedded', 'compose.ts'],
  'compose.ts': ['config', 'adapters', 'embedded', 'ports', 'domain', 'flows', 'api', 'runtime'],
  cli: ['compose.ts', 'flows', 'panel', 'config', 'domain', 'ports', 'api', 'runtime', 'replica'],
};

/** Places inside a folder that may import more than the folder. */
const exceptions = {
  // Fitting in a pool of processes is an adapter, but what it runs is ours.
  'src/adapters/compute/': ['models', 'backtest', 'stats', 'panel'],
  'src/cli/processes/': ['adapters', 'embedded'],
  // The read model answers in the words of the contract of the API, and knows nothing else of it.
  'src/adapters/read-model/': ['api/contract.ts'],
};

const places = (names) => names.map((name) => (name.endsWith('.ts') ? `^src/${name}$` : `^src/${name}/`));
const anyOf = (patterns) => patterns.join('|');

const layers = Object.entries(allowed).map(([layer, may]) => ({
  name: `layer-${layer.replace('.ts', '')}`,
  comment: `src/${layer} may import only: ${may.join(', ') || 'nothing'}.`,
  severity: 'error',
  from: { path: places([layer])[0], pathNot: Object.keys(exceptions).map((place) => `^${place}`) },
  to: { path: '^(src|web|tests|scripts|examples)/', pathNot: [...places([layer, ...may]), ...extras(layer)] },
}));

/** The one page that draws the dashboard may import the web part. */
function extras(layer) {
  return layer === 'api' ? ['^web/'] : [];
}

const widened = Object.entries(exceptions).map(([place, more]) => {
  const layer = place.split('/')[1];
  const may = [...allowed[layer], ...more];
  return {
    name: `layer-${place.split('/').slice(1, 3).join('-')}`,
    comment: `${place} may import only: ${may.join(', ')}.`,
    severity: 'error',
    from: { path: `^${place}` },
    to: { path: '^(src|web|tests|scripts|examples)/', pathNot: places([layer, ...may]) },
  };
});

export default {
  forbidden: [
    ...layers,
    ...widened,
    {
      name: 'layer-unknown',
      comment: 'A new folder of src needs a line in the table of this file.',
      severity: 'error',
      from: { path: '^src/', pathNot: places(Object.keys(allowed)) },
      to: {},
    },
    {
      name: 'web-through-dashboard',
      comment: 'Only src/api/dashboard.ts draws the dashboard.',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/api/dashboard[.]tsx?$' },
      to: { path: '^web/' },
    },
    {
      name: 'web-knows-the-contract',
      comment: 'Everything the web part knows about the server is in src/api/contract.ts.',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|tests|scripts|examples)/', pathNot: '^src/api/contract[.]ts$' },
    },
    {
      name: 'domain-stands-alone',
      comment: 'The domain imports no package but the Temporal polyfill.',
      severity: 'error',
      from: { path: '^src/domain/' },
      to: { path: 'node_modules|^node:', pathNot: 'node_modules/temporal-' },
    },
    {
      name: 'pure-without-node',
      comment: 'These run anywhere and know no disk, network or clock: no module of Node.',
      severity: 'error',
      from: { path: '^src/(domain|stats|models|backtest|panel|ports)/' },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'numerics-without-packages',
      comment: 'Models and numerics are our own code.',
      severity: 'error',
      from: { path: '^src/(stats|models|backtest|panel|ports)/' },
      to: { path: 'node_modules' },
    },
    {
      name: 'no-cycle',
      comment: 'Type-only imports count: a knot of types cannot be read in any order either.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'no-undeclared-package',
      comment: 'A package that another one happened to bring is not ours to import: declare it.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown'] },
    },
    {
      name: 'no-unresolvable',
      comment: 'This import leads nowhere.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'no-tool-in-product',
      comment: 'What is shipped must not need a development dependency.',
      severity: 'error',
      from: { path: '^(src|web)/' },
      to: { dependencyTypes: ['npm-dev'], pathNot: anyOf(['node_modules/@types/']) },
    },
  ],
  options: {
    // TypeScript 7 has no programming interface: with any other parser no module would be seen at all.
    parser: 'swc',
    tsPreCompilationDeps: true,
    doNotFollow: { path: 'node_modules' },
    exclude: { path: '^(dist|[.]dist-[^/]*)/' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.mjs', '.js', '.json', '.d.ts'],
    },
  },
};
