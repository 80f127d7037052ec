import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const root = dirname(import.meta.dirname);

interface Report {
  readonly modules: readonly { readonly source: string }[];
  readonly summary: {
    readonly violations: readonly { readonly from: string; readonly to: string; readonly rule: { name: string } }[];
  };
}

describe('the walls of this repository', () => {
  let report: Report;
  beforeAll(async () => {
    report = await cruise(root, ['src', 'web', 'scripts', 'tests']);
  });

  test('stand', () => {
    expect(report.summary.violations.map(describeViolation)).toEqual([]);
  });

  // Beside a TypeScript without a programming interface the tool sees no module and is content.
  test('are looked at: every source file is among the modules', async () => {
    const seen = new Set(report.modules.map((module) => module.source));
    const sources = (await Promise.all(['src', 'web', 'scripts', 'tests'].map(sourcesUnder))).flat();
    expect(sources.length).toBeGreaterThan(20);
    expect(sources.filter((source) => !seen.has(source))).toEqual([]);
  });
});

describe('a planted violation fails:', () => {
  let folder: string;
  let violations: readonly string[];

  const planted: Readonly<Record<string, string>> = {
    'package.json': JSON.stringify({
      name: 'planted',
      type: 'module',
      dependencies: { 'temporal-polyfill': '1', declared: '1' },
      devDependencies: { tool: '1' },
    }),
    ...packageFiles('temporal-polyfill'),
    ...packageFiles('declared'),
    ...packageFiles('brought-along'),
    ...packageFiles('tool'),
    'src/domain/upward.ts': "import { flow } from '../flows/flow.ts';\nexport const upward = flow;\n",
    'src/domain/upward-type.ts': "import type { Flow } from '../flows/flow.ts';\nexport type Upward = Flow;\n",
    'src/domain/packaged.ts': "import { x } from 'declared';\nexport const packaged = x;\n",
    'src/domain/allowed.ts': "import { x } from 'temporal-polyfill';\nexport const allowed = x;\n",
    'src/domain/on-disk.ts': "import { readFileSync } from 'node:fs';\nexport const onDisk = readFileSync;\n",
    'src/flows/flow.ts': 'export interface Flow {}\nexport const flow = 1;\n',
    'src/flows/adapted.ts': "import { lake } from '../adapters/lake/fs.ts';\nexport const adapted = lake;\n",
    'src/flows/one.ts': "import { two } from './two.ts';\nexport const one = () => two;\n",
    'src/flows/two.ts': "import { one } from './one.ts';\nexport const two = () => one;\n",
    'src/flows/knot-a.ts': "import type { B } from './knot-b.ts';\nexport interface A { b: B }\n",
    'src/flows/knot-b.ts': "import type { A } from './knot-a.ts';\nexport interface B { a: A }\n",
    'src/flows/undeclared.ts': "import { x } from 'brought-along';\nexport const undeclared = x;\n",
    'src/flows/nowhere.ts': "import { x } from './not-there.ts';\nexport const nowhere = x;\n",
    'src/flows/tooled.ts': "import { x } from 'tool';\nexport const tooled = x;\n",
    'src/models/packaged.ts': "import { x } from 'declared';\nexport const packaged = x;\n",
    'src/adapters/lake/fs.ts': 'export const lake = 1;\n',
    'src/adapters/lake/modelled.ts': "import { x } from '../../models/model.ts';\nexport const modelled = x;\n",
    'src/adapters/compute/pool.ts': "import { x } from '../../models/model.ts';\nexport const pool = x;\n",
    'src/adapters/compute/flowing.ts': "import { flow } from '../../flows/flow.ts';\nexport const flowing = flow;\n",
    'src/models/model.ts': 'export const x = 1;\n',
    'src/api/contract.ts': 'export const contract = 1;\n',
    'src/api/dashboard.ts': "import { page } from '../../web/page.ts';\nexport const dashboard = page;\n",
    'src/api/shortcut.ts': "import { page } from '../../web/page.ts';\nexport const shortcut = page;\n",
    'src/cli/run.ts': "import { lake } from '../adapters/lake/fs.ts';\nexport const run = lake;\n",
    'src/cli/processes/web.ts': "import { lake } from '../../adapters/lake/fs.ts';\nexport const web = lake;\n",
    'src/compose.ts': "import { lake } from './adapters/lake/fs.ts';\nexport const compose = lake;\n",
    'src/misc/thing.ts': "import { flow } from '../flows/flow.ts';\nexport const thing = flow;\n",
    'web/page.ts': "import { contract } from '../src/api/contract.ts';\nexport const page = contract;\n",
    'web/curious-page.tsx':
      "import { flow } from '../src/flows/flow.ts';\nexport const CuriousPage = () => <p title={String(flow)}>x</p>;\n",
    'web/curious.ts': "import { flow } from '../src/flows/flow.ts';\nexport const curious = flow;\n",
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'assay-walls-'));
    for (const [path, text] of Object.entries(planted)) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), text);
    }
    violations = (await cruise(folder, ['src', 'web'])).summary.violations.map(describeViolation);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  test.each([
    'layer-domain: src/domain/upward.ts -> src/flows/flow.ts',
    'layer-domain: src/domain/upward-type.ts -> src/flows/flow.ts',
    'domain-stands-alone: src/domain/packaged.ts -> node_modules/declared/index.js',
    'pure-without-node: src/domain/on-disk.ts -> fs',
    'layer-flows: src/flows/adapted.ts -> src/adapters/lake/fs.ts',
    'no-cycle: src/flows/one.ts -> src/flows/two.ts',
    'no-cycle: src/flows/knot-a.ts -> src/flows/knot-b.ts',
    'no-undeclared-package: src/flows/undeclared.ts -> node_modules/brought-along/index.js',
    'no-unresolvable: src/flows/nowhere.ts -> ./not-there.ts',
    'no-tool-in-product: src/flows/tooled.ts -> node_modules/tool/index.js',
    'numerics-without-packages: src/models/packaged.ts -> node_modules/declared/index.js',
    'layer-adapters: src/adapters/lake/modelled.ts -> src/models/model.ts',
    'layer-adapters-compute: src/adapters/compute/flowing.ts -> src/flows/flow.ts',
    'web-through-dashboard: src/api/shortcut.ts -> web/page.ts',
    'layer-cli: src/cli/run.ts -> src/adapters/lake/fs.ts',
    'layer-unknown: src/misc/thing.ts -> src/flows/flow.ts',
    'web-knows-the-contract: web/curious.ts -> src/flows/flow.ts',
    'web-knows-the-contract: web/curious-page.tsx -> src/flows/flow.ts',
  ])('%s', (violation) => {
    expect(violations).toContain(violation);
  });

  test.each([
    'src/domain/allowed.ts',
    'src/adapters/compute/pool.ts',
    'src/api/dashboard.ts',
    'src/cli/processes/web.ts',
    'src/compose.ts',
    'web/page.ts',
  ])('and nothing is said against %s', (path) => {
    expect(violations.filter((violation) => violation.includes(`${path} ->`))).toEqual([]);
  });
});

/** Runs the real configuration over a folder, as `npm run walls` does. */
function cruise(folder: string, paths: readonly string[]): Promise<Report> {
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
  const config = join(root, '.dependency-cruiser.mjs');
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [tool, '--config', config, '--output-type', 'json', ...paths],
      { cwd: folder, maxBuffer: 64 * 1024 * 1024 },
      // The exit code counts violations: only an answer that cannot be read is a failure here.
      (_, stdout, stderr) => {
        if (stdout.startsWith('{')) resolve(JSON.parse(stdout) as Report);
        else reject(new Error(`dependency-cruiser gave no report: ${stderr}`));
      },
    );
  });
}

function describeViolation(violation: Report['summary']['violations'][number]): string {
  return `${violation.rule.name}: ${violation.from} -> ${violation.to}`;
}

function packageFiles(name: string): Record<string, string> {
  return {
    [`node_modules/${name}/package.json`]: JSON.stringify({ name, version: '1.0.0', type: 'module', main: 'index.js' }),
    [`node_modules/${name}/index.js`]: 'export const x = 1;\n',
  };
}

async function sourcesUnder(folder: string): Promise<string[]> {
  const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && /\.(ts|tsx|mjs)$/.test(entry.name))
    .map((entry) => relative(root, join(entry.parentPath, entry.name)));
}
