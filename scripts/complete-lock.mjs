// Adds to package-lock.json the optional packages for other platforms that npm left out because the registry
// at hand did not offer them: `npm ci` refuses a lock that does not name every one of them.
// An entry says what its name says (platform, processor, C library); its hash is checked by the registry's own.
// Run it after adding or updating a dependency: node scripts/complete-lock.mjs
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './freshness.mjs';

export function missingOptionalPackages(packages) {
  return Object.entries(packages).flatMap(([path, entry]) =>
    Object.entries(entry.optionalDependencies ?? {})
      .filter(([name]) => !isPlaced(packages, path, name))
      .map(([name, version]) => ({ name, version, dev: entry.dev === true })),
  );
}

/** Whether a package is where Node would look for it from `path`. */
function isPlaced(packages, path, name) {
  if (`${path === '' ? '' : `${path}/`}node_modules/${name}` in packages) return true;
  if (path === '') return false;
  return isPlaced(packages, path.slice(0, Math.max(0, path.lastIndexOf('node_modules/') - 1)), name);
}

function platformEntry({ name, version, dev }) {
  const words = name.split('/').pop().split('-');
  const cpu = words.find((word) => /^(arm64|arm|x64|ia32|ppc64|s390x|riscv64|loong64)$/.test(word));
  const os = words.find((word) => /^(linux|darwin|win32|android|freebsd|openharmony)$/.test(word));
  const libc = { gnu: 'glibc', gnueabihf: 'glibc', musl: 'musl' }[words.at(-1)];
  return {
    version,
    ...(cpu && { cpu: [cpu] }),
    ...(dev && { dev }),
    ...(libc && { libc: [libc] }),
    optional: true,
    ...(os && { os: [os] }),
  };
}

if (import.meta.filename === process.argv[1]) {
  const file = join(packageFolder, 'package-lock.json');
  const lock = JSON.parse(readFileSync(file, 'utf8'));
  const missing = missingOptionalPackages(lock.packages);
  const entries = missing.map((wanted) => [`node_modules/${wanted.name}`, platformEntry(wanted)]);
  const sorted = Object.entries({ ...lock.packages, ...Object.fromEntries(entries) }).sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  writeFileSync(file, `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`);
  for (const { name, version } of missing) console.log(`added ${name}@${version}`);
}
