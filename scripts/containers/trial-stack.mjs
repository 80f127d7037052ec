// compose.yaml brought up for a trial: in a folder of its own, on free ports, with the stand-ins over it.
import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { packageFolder } from '../freshness.mjs';
import { now } from '../installation.mjs';
import { compose, docker, folder, told } from './engine.mjs';

const project = join(folder, 'project');
const files = [join(project, 'compose.yaml'), join(packageFolder, 'scripts', 'containers', 'stand-ins.yaml')];
const pages = { assay: 'ASSAY_PORT', mlflow: 'MLFLOW_PORT', airflow: 'AIRFLOW_PORT', superset: 'SUPERSET_PORT' };

/** The project's folder: compose.yaml, deploy/, and the secrets that `assay init --compose` makes. */
export async function makeProject(profile, history) {
  rmSync(project, { recursive: true, force: true });
  mkdirSync(project, { recursive: true });
  for (const name of ['compose.yaml', 'Dockerfile', 'deploy'])
    cpSync(join(packageFolder, name), join(project, name), { recursive: true });
  const cli = join(packageFolder, 'dist', 'src', 'cli', 'main.js');
  execFileSync(process.execPath, [cli, 'init', '--compose', '--profile', profile, '--folder', project], {
    stdio: 'pipe',
  });
  // Where a page is published: free ports in place of the known ones.
  const ports = {};
  for (const name of Object.keys(pages)) ports[name] = await freePort();
  const settings = {
    ...Object.fromEntries(Object.entries(pages).map(([name, setting]) => [setting, ports[name]])),
    ...{ COMPOSE_PROJECT_NAME: 'assay-trial', TRIAL: join(packageFolder, 'scripts', 'containers') },
    ...{ TRIAL_MODULES: join(packageFolder, 'node_modules'), TRIAL_HISTORY: history, TRIAL_NOW: now },
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  appendFileSync(join(project, '.env'), lines.join(''));
  const secret = (name) => readFileSync(join(project, 'secrets', name), 'utf8');
  return { profile, ports, secret, project };
}

/** Runs Docker Compose; throws what it said when it failed. */
export function run(words) {
  const { status, stdout, stderr } = compose({ project, files }, words);
  if (status !== 0) throw new TypeError(`docker compose ${words.join(' ')}: ${stderr.trim().slice(-3_000)}`);
  return stdout;
}

export const configuration = () => JSON.parse(run(['config', '--format', 'json'])).services;
export const startAll = () => run(['up', '--detach', '--no-build', '--pull', 'never', '--quiet-pull']);
export const stopAll = (...words) => run(['down', ...words]);

/** What Docker knows of each container of the stack, by service. */
export function containers() {
  const ids = run(['ps', '--all', '--quiet']).trim().split('\n').filter(Boolean);
  const known = ids.length === 0 ? [] : JSON.parse(told(['inspect', ...ids]));
  return Object.fromEntries(known.map((one) => [one.Config.Labels['com.docker.compose.service'], one]));
}

/** Runs a command in a service's container: its exit code and what it printed. */
export function within(service, words, options = []) {
  const { Id } = containers()[service];
  const { status, stdout, stderr } = docker(['exec', ...options, Id, ...words]);
  return { status, said: `${stdout}${stderr}`.trim() };
}

/** Waits until something holds, and gives it back; throws what was awaited when it does not within the time. */
export async function until(what, limitMs, look) {
  const deadline = performance.now() + limitMs;
  for (;;) {
    const seen = await look();
    if (seen) return seen;
    if (performance.now() > deadline) throw new TypeError(`Waited ${limitMs / 1_000} s in vain: ${what}.`);
    await sleep(1_000);
  }
}

export const isHealthy = ({ State: { Status, Health, ExitCode } }) =>
  Health === undefined ? Status === 'running' || (Status === 'exited' && ExitCode === 0) : Health.Status === 'healthy';

export const allHealthy = () =>
  until('every container healthy', 600_000, () => Object.values(containers()).every(isHealthy));

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
