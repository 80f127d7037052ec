// `npm run trials:containers [-- --profile core --check-image --keep]`: our images are built by Docker's own engine, and compose.yaml is brought
// up by Docker Compose's own program, looked at, stopped, started, killed. What no registry gives here is stood in for, by name.
//   --check-image   the image `assay` alone       --profile core|full   one of the two profiles       --keep   leave the engine running
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import * as checks from './containers/checks.mjs';
import { docker, folder, startEngine, stopEngine, watchEvents, whyNoEngine } from './containers/engine.mjs';
import { buildBase, buildImage, imageOf, targets } from './containers/images.mjs';
import * as pages from './containers/pages.mjs';
import * as stack from './containers/trial-stack.mjs';
import { packageFolder } from './freshness.mjs';

const { values } = parseArgs({
  options: {
    'check-image': { type: 'boolean', default: false },
    profile: { type: 'string', default: 'core,full' },
    keep: { type: 'boolean', default: false },
  },
});
const { version: packageVersion } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'));
const history = process.env.ASSAY_BENCH_DATA ?? join(packageFolder, '..', 'shared', 'data');
const why = whyNoEngine();
if (why !== null) {
  console.log(`No container was run: ${why}`);
  process.exit(0);
}
const megabytes = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`;
let failures = 0;

const engine = await startEngine();
console.log(`Docker ${engine.version} of Debian, at ${engine.socket}`);
try {
  await trial();
} catch (error) {
  failures += 1;
  console.log(`FAILED    ${error.message}`);
} finally {
  if (values.keep) console.log(`Left running: DOCKER_HOST=${engine.socket}, process ${engine.pid}`);
  else await clean();
}
console.log(failures === 0 ? 'Everything held.' : `${failures} did not hold.`);
process.exitCode = failures === 0 ? 0 : 1;

async function trial() {
  const isQuick = values['check-image'];
  const isFull = !isQuick && values.profile.includes('full');
  const bases = ['debian', 'node', ...(isFull ? ['python'] : []), ...(isQuick ? [] : ['postgres', 's3'])];
  for (const base of bases) buildBase(base);
  for (const target of isFull ? targets : ['assay']) {
    await look(`image ${imageOf(target, packageVersion)}`, () => {
      const { bytes, seconds } = buildImage(target, packageVersion);
      return `${megabytes(bytes)}, built in ${seconds.toFixed(0)} s`;
    });
  }
  await look('assay by itself', () => alone(imageOf('assay', packageVersion)));
  if (isQuick) return;
  if (!existsSync(join(history, 'cbr_metals.csv'))) {
    console.log('The stack was not brought up: ../shared/data is absent, and nothing is made up in its place.');
    return;
  }
  for (const profile of values.profile.split(',')) await tryProfile(profile);
}

/** What is in the image, and that nothing was left in it of what its building was lent. */
function alone(image) {
  const run = (...words) => docker(['run', '--rm', '--network', 'none', '--read-only', '--cap-drop', 'ALL', ...words]);
  const version = run(image, '--version').stdout.trim();
  if (version !== packageVersion) throw new RangeError(`--version says "${version}"`);
  const refused = run(image, 'up');
  if (refused.status !== 1 || !/DATABASE_URL/.test(refused.stderr))
    throw new RangeError(`up without a server: ${refused.stderr}`);
  const weigh =
    'du -sm /app/node_modules /app/dist /usr/local/bin/node /usr/lib; cat /etc/pip.conf /usr/local/etc/npmrc 2>/dev/null; true';
  const weights = run('--entrypoint', 'sh', image, '-c', weigh).stdout.trim().split('\n');
  if (weights.length !== 4) throw new RangeError(`left in the image: ${weights.slice(4).join(' ')}`);
  return `${version}; without a server one sentence and exit code 1; MB: ${weights.map((line) => line.replace('\t', ' ')).join(', ')}`;
}

async function tryProfile(profile) {
  const isFull = profile === 'full';
  const page = isFull ? 'assay-full' : 'assay';
  const trialStack = await stack.makeProject(profile, history);
  const events = watchContainers();
  const started = performance.now();
  const here = (what, see) => look(`${profile}: ${what}`, see);
  stack.startAll();
  await stack.allHealthy();
  const seconds = (performance.now() - started) / 1_000;
  await here(
    'every container healthy',
    () => `${Object.keys(stack.containers()).length} containers in ${seconds.toFixed(0)} s`,
  );
  await here('start order', async () => checks.startOrder(await events()));
  const ours = servicesOfOurs();
  for (const name of ours) await here('locked', () => checks.locked(name));
  const { assay, mlflow, ...others } = trialStack.ports;
  await here('published', () => checks.published({ assay, mlflow, ...(isFull ? others : {}) }));
  await here('no way out', () => checks.noWayOut(page));
  await here('secrets', () => checks.secretsAreFiles(trialStack.project, [page]));
  await here('memory after the start', memoryInUse);
  if (isFull) {
    await here('Superset', () => pages.superset(trialStack));
    await here('Airflow', () => pages.airflow(trialStack));
  } else {
    await here('kill -9', () => pages.killedInTheMiddle(page));
    await here('first day', () => pages.dayIsDone(page));
  }
  await here('dashboard', () => pages.dashboard(trialStack));
  await here('tracking', () => pages.tracking(trialStack));
  await here('memory after the day', memoryInUse);
  for (const name of ours) await here('SIGTERM', () => checks.stopsCleanly(name, 30));
  await here('down and up', downAndUp);
  stack.stopAll('--volumes', '--timeout', '30');
}

function memoryInUse() {
  const { services, total } = checks.memory();
  const each = services.map(
    ({ name, used, limit }) => `${name} ${megabytes(used)}${limit === 0 ? '' : ` of ${megabytes(limit)}`}`,
  );
  return `${each.join(', ')}; together ${megabytes(total)}`;
}

/** Services that run from the images of our Dockerfile, as compose.yaml has them. */
function servicesOfOurs() {
  const running = Object.entries(stack.containers()).filter(([, { State }]) => State.Running);
  return running
    .filter(([name, { Config }]) => Config.Image.startsWith('assay') && !['bank', 'clickhouse'].includes(name))
    .map(([name]) => name);
}

async function downAndUp() {
  const before = pages.holdings();
  stack.stopAll();
  stack.startAll();
  await stack.allHealthy();
  const after = new Set(pages.holdings());
  const lost = before.filter((line) => !after.has(line));
  if (lost.length > 0) throw new RangeError(`not the same any more: ${lost.join(', ')}`);
  return `${before.length} counts equal: ${before.filter((line) => /raw.record|metal_quote |forecast_point|model_score|objects/.test(line)).join(', ')}`;
}

/** What Docker sees happen to the stack's containers: starts, ends and health, in order. */
function watchContainers() {
  const filters = ['label=com.docker.compose.project=assay-trial', 'event=start', 'event=die', 'event=health_status'];
  const watched = watchEvents(['--format', '{{json .}}', ...filters.flatMap((one) => ['--filter', one])]);
  return async () =>
    (await watched.seen()).map((line) => {
      const { Action: action, Actor: actor, timeNano: at } = JSON.parse(line);
      const what = action === 'die' ? `die ${actor.Attributes.exitCode}` : action;
      return { name: actor.Attributes['com.docker.compose.service'], what, at };
    });
}

/** One thing that must hold: what was seen is printed, and what does not hold fails the command. */
async function look(what, see) {
  try {
    console.log(`ok        ${what}: ${await see()}`);
  } catch (error) {
    failures += 1;
    console.log(`NOT SO    ${what}: ${error.message}`);
  }
}

async function clean() {
  const left = docker(['ps', '--all', '--quiet']).stdout.split('\n').filter(Boolean);
  if (left.length > 0) docker(['rm', '--force', '--volumes', ...left]);
  docker(['network', 'prune', '--force']);
  await stopEngine(engine);
  for (const name of ['engine', 'run', 'project']) rmSync(join(folder, name), { recursive: true, force: true });
}
