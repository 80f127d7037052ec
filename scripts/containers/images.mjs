// The images of a trial: bases that stand in for those of a registry, and on them the four targets of our Dockerfile.
import { execFileSync } from 'node:child_process';
import { copyFileSync, cpSync, existsSync, mkdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { packageFolder } from '../freshness.mjs';
import { folder, program, told } from './engine.mjs';

const here = join(packageFolder, 'scripts', 'containers');
const context = join(folder, 'bases');
export const targets = ['assay', 'mlflow', 'superset', 'airflow'];
export const imageOf = (target, version) => `assay${target === 'assay' ? '' : `-${target}`}:${version}`;

/** Builds a base, from the folder that holds what it copies. */
export function buildBase(target) {
  mkdirSync(context, { recursive: true });
  layDebian();
  lay[target]?.();
  build(['--target', target, '--tag', `trial-${target}`, context], readFileSync(join(here, 'bases.Dockerfile')));
}

/** Builds one target of our Dockerfile on the bases; its size in bytes and the seconds it took. */
export function buildImage(target, version) {
  const started = performance.now();
  const bases = ['debian', 'node', 'python'].flatMap((name) => [
    '--build-arg',
    `${name.toUpperCase()}_IMAGE=trial-${name}`,
  ]);
  const { dockerfile, secrets } = lent(readFileSync(join(packageFolder, 'Dockerfile'), 'utf8'));
  build([...bases, ...secrets, '--target', target, '--tag', imageOf(target, version), packageFolder], dockerfile);
  const bytes = Number(told(['image', 'inspect', '--format', '{{.Size}}', imageOf(target, version)]));
  return { bytes, seconds: (performance.now() - started) / 1_000 };
}

const build = (words, dockerfile) =>
  told(['build', '--network', 'host', '--file', '-', ...words], { input: dockerfile });

/**
 * What this machine's package clients need to reach their indexes is lent to each step that calls them, as a secret
 * that stays in no image; apt needs nothing. Nothing else of the Dockerfile changes.
 */
function lent(text) {
  const npm = execFileSync('npm', ['config', 'get', 'globalconfig'], { encoding: 'utf8' }).trim();
  const files = {
    certificates: ['/etc/ssl/certs/ca-certificates.crt', '/etc/ssl/certs/ca-certificates.crt'],
    pip: ['/etc/pip.conf', '/etc/pip.conf'],
    npm: [npm, '/usr/local/etc/npmrc'],
  };
  const there = Object.entries(files).filter(([, [source]]) => existsSync(source));
  const mounts = there.map(([id, [, target]]) => `--mount=type=secret,id=${id},target=${target}`).join(' ');
  return {
    dockerfile: text.replaceAll(/^RUN (?!apt-get)/gm, `RUN ${mounts} `),
    secrets: there.flatMap(([id, [source]]) => ['--secret', `id=${id},src=${source}`]),
  };
}

/** Debian as debootstrap makes it, without what an image has no use for. */
function layDebian() {
  const archive = join(context, 'debian.tar');
  if (existsSync(archive)) return;
  const root = join(folder, 'debian');
  rmSync(root, { recursive: true, force: true });
  execFileSync('nice', ['-n', '5', 'debootstrap', '--variant=minbase', 'bookworm', root], { stdio: ['ignore', 2, 2] });
  const left = [
    'usr/share/doc/*',
    'usr/share/man/*',
    'usr/share/locale/*',
    'var/cache/*',
    'var/lib/apt/lists/*',
    'dev/*',
  ];
  const words = [...left.map((path) => `--exclude=./${path}`), '--create', '--file', `${archive}.making`, '.'];
  execFileSync('tar', ['--directory', root, ...words]);
  execFileSync('mv', [`${archive}.making`, archive]);
  rmSync(root, { recursive: true });
}

/** What each base copies. */
const lay = {
  node() {
    const npm = dirname(dirname(realpathSync(execFileSync('which', ['npm'], { encoding: 'utf8' }).trim())));
    const node = join(context, 'node');
    rmSync(node, { recursive: true, force: true });
    mkdirSync(join(node, 'bin'), { recursive: true });
    copyFileSync(process.execPath, join(node, 'bin', 'node'));
    cpSync(npm, join(node, 'lib', 'node_modules', 'npm'), { recursive: true });
    execFileSync('ln', ['-s', '../lib/node_modules/npm/bin/npm-cli.js', join(node, 'bin', 'npm')]);
  },
  postgres() {
    execFileSync(join(packageFolder, 'scripts', 'install-postgres.sh'), { stdio: ['ignore', 'ignore', 2] });
    const installed = join(dirname(folder), 'postgres', '17');
    cpSync(installed, join(context, 'postgres'), { recursive: true, verbatimSymlinks: true });
    copyFileSync(join(here, 'postgres.sh'), join(context, 'postgres.sh'));
  },
  s3() {
    execFileSync(join(packageFolder, 'scripts', 'install-s3-server.sh'), { stdio: ['ignore', 'ignore', 2] });
    copyFileSync(program('versitygw'), join(context, 'versitygw'));
    copyFileSync(join(here, 's3.sh'), join(context, 's3.sh'));
  },
};
