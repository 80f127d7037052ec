// scripts/stack: starts, shows and stops the stack of compose.yaml without Docker.
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { usageOf } from './memory.mjs';
import * as services from './services.mjs';
import { endRemains, folder, isAlive, postgresHome, readServices } from './state.mjs';
import { printTable } from './table.mjs';

/** The stack that this project succeeds, resident while idle. */
const predecessorBytes = 3.45e9;
const commands = { up, status, down, table: printTable };
const [command = 'status', ...words] = process.argv.slice(2);
if (!(command in commands)) {
  console.error(`There is no "scripts/stack ${command}"; there are: ${Object.keys(commands).join(', ')}.`);
  process.exit(2);
}
await commands[command](...words).catch((error) => {
  console.error(error instanceof TypeError ? error.message : error);
  process.exitCode = 1;
});

async function up(profile = 'core') {
  services.makeSecrets();
  const [postgres, s3, replica] = [
    await services.startPostgres(),
    await services.startS3(),
    await services.startReplica(),
  ];
  services.migrate(postgres);
  const mlflow = profile === 'full' ? await services.startMlflow(postgres, s3) : null;
  const servers = { postgres, s3, mlflow, replica };
  await services.startAssay(servers);
  if (profile === 'full') {
    await services.startSuperset(postgres);
    await services.startAirflow(postgres, servers);
  }
  await status();
  console.log(
    `\nPasswords, each in a file of ${join(folder, 'secrets')}: Superset and Airflow (admin) in superset_admin_password, airflow_passwords.`,
  );
}

async function status() {
  const running = readServices();
  if (running.length === 0) return console.log('Nothing was started: scripts/stack up');
  const usage = usageOf(running.map(({ pid }) => pid));
  const cells = (bytes) => `${(bytes / 1e6).toFixed(0)} MB`.padStart(9);
  console.log('service             state   processes       RSS       PSS   CPU, s  address');
  const total = { rss: 0, pss: 0, seconds: 0 };
  for (const service of running) {
    const { name, pid, url } = service;
    const { processes, rss, pss, seconds } = usage.get(pid);
    total.rss += rss;
    total.pss += pss;
    total.seconds += seconds;
    const state = isAlive(service) ? 'runs' : 'ended';
    console.log(
      `${name.padEnd(18)}  ${state.padEnd(6)}  ${String(processes).padStart(9)} ${cells(rss)} ${cells(pss)} ${seconds.toFixed(0).padStart(8)}  ${url ?? ''}`,
    );
  }
  console.log(
    `${'together'.padEnd(37)} ${cells(total.rss)} ${cells(total.pss)} ${total.seconds.toFixed(0).padStart(8)}  the predecessor's: ${predecessorBytes / 1e9} GB`,
  );
}

/** Stops what is named, or everything. */
async function down(...words) {
  const names = words.filter((word) => word !== '--remove');
  const known = readServices().map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name));
  if (unknown.length > 0) throw new TypeError(`${unknown.join(', ')}: not started. There are: ${known.join(', ')}.`);
  const stopped = readServices().filter(({ name }) => names.length === 0 || names.includes(name));
  for (const service of stopped.toReversed()) await stop(service);
  if (!words.includes('--remove')) return;
  rmSync(folder, { recursive: true, force: true });
  rmSync(postgresHome, { recursive: true, force: true });
}

async function stop(service) {
  const { name, pid } = service;
  if (!isAlive(service)) return endRemains(service);
  // PostgreSQL: SIGINT ends its sessions; the others end on SIGTERM.
  signal(name === 'postgres' ? pid : -pid, name === 'postgres' ? 'SIGINT' : 'SIGTERM');
  const deadline = performance.now() + 30_000;
  while (isAlive(service) && performance.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 100));
  if (isAlive(service)) signal(-pid, 'SIGKILL');
  console.error(`${name} stopped`);
}

function signal(pid, name) {
  try {
    process.kill(pid, name);
  } catch (error) {
    if (error.code !== 'ESRCH') throw error;
  }
}
