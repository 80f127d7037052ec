// What is looked at in a running stack; each gives what was seen, or throws what is amiss. As far as it can be told by the
// kernel or by trying, it is not read from the configuration.
import { readdirSync, readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { join } from 'node:path';
import { docker } from './engine.mjs';
import { configuration, containers, within } from './trial-stack.mjs';

/** Every service started after those that it waits for were healthy, or had ended well. */
export function startOrder(events) {
  const instant = (service, wanted) => {
    const seen = events.find(({ name, what }) => name === service && wanted.test(what));
    return seen?.at ?? missing(`${service} was never seen to ${wanted.source}`);
  };
  const pairs = Object.entries(configuration()).flatMap(([name, { depends_on: before = {} }]) =>
    Object.entries(before).map(([other, { condition }]) => ({ name, other, condition })),
  );
  for (const { name, other, condition } of pairs) {
    const ready = instant(other, condition === 'service_healthy' ? /^health_status: healthy$/ : /^die 0$/);
    if (instant(name, /^start$/) < ready) missing(`${name} started before ${other} was ready`);
  }
  const order = events.filter(({ what }) => what === 'start').map(({ name }) => name);
  return `${pairs.length} dependencies kept: ${order.join(', ')}`;
}

/** The user, the rights and the first process of a container, as the kernel has them. */
export function locked(service) {
  const { State } = containers()[service];
  const status = readFileSync(`/proc/${State.Pid}/status`, 'utf8');
  const field = (name) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)[1];
  const seen = {
    uid: field('Uid'),
    capabilities: BigInt(`0x${field('CapEff')}`) | BigInt(`0x${field('CapBnd')}`),
    gains: field('NoNewPrivs') === '1' ? 'none' : 'some',
    first: field('Name'),
  };
  const written = within(service, ['touch', '/usr/refused'], ['--user', 'root']);
  if (!/Read-only file system/.test(written.said)) missing(`${service}: writing as root gave "${written.said}"`);
  if (seen.uid !== '10001' || seen.capabilities !== 0n || seen.gains !== 'none' || seen.first !== 'tini')
    missing(
      `${service}: user ${seen.uid}, capabilities ${seen.capabilities}, new privileges: ${seen.gains}, first process ${seen.first}`,
    );
  return `${service}: user 10001, no capability, no new privileges, root read-only even to root, first process tini`;
}

/** Ports of this machine that the stack listens on: the pages, and on loopback alone. */
export async function published(ports) {
  const bindings = Object.entries(containers()).flatMap(([name, { NetworkSettings }]) =>
    Object.values(NetworkSettings.Ports ?? {}).flatMap((places) => (places ?? []).map((place) => ({ name, ...place }))),
  );
  const open = bindings.filter(({ HostIp }) => HostIp !== '127.0.0.1').map(({ name }) => name);
  if (open.length > 0) missing(`published beyond loopback: ${open.join(', ')}`);
  const wanted = Object.values(ports).map(String).toSorted();
  const found = bindings.map(({ HostPort }) => HostPort).toSorted();
  if (wanted.join() !== found.join()) missing(`published ${found}, not ${wanted}`);
  const own = Object.values(networkInterfaces())
    .flat()
    .find(({ family, internal }) => family === 'IPv4' && !internal);
  for (const port of found) {
    if (await accepts(own.address, port)) missing(`${own.address}:${port} accepts connections`);
    if (!(await accepts('127.0.0.1', port))) missing(`127.0.0.1:${port} accepts no connection`);
  }
  return `${bindings.map(({ name }) => name).join(', ')}; refused at this machine's other address`;
}

/** A server of the network `inside` reaches nothing beyond it; what is also outside does. */
export function noWayOut(page) {
  const { NetworkSettings } = containers().bank;
  const address = Object.values(NetworkSettings.Networks)[0].IPAddress;
  const reach = ['timeout', '4', 'bash', '-c', `exec 3<>/dev/tcp/${address}/8600`];
  if (within(page, reach).status !== 0) missing(`${page} does not reach the Bank's replica outside`);
  for (const server of ['postgres', 'clickhouse', 'minio'])
    if (within(server, reach).status === 0) missing(`${server} has a way out of its network`);
  return `${page} reaches the Bank; postgres, clickhouse and minio reach nothing outside`;
}

/** No secret stands in what Docker tells of a container or in its processes' environment. */
export function secretsAreFiles(project, ours) {
  const folder = join(project, 'secrets');
  const secrets = readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8').trim()]);
  for (const [service, container] of Object.entries(containers())) {
    const shown = JSON.stringify(container);
    for (const [name, value] of secrets) if (shown.includes(value)) missing(`inspect of ${service} shows ${name}`);
  }
  for (const service of ours) {
    const environment = readFileSync(`/proc/${containers()[service].State.Pid}/environ`, 'utf8');
    for (const [name, value] of secrets)
      if (environment.includes(value)) missing(`the first process of ${service} has ${name} in its environment`);
  }
  return `${secrets.length} secrets, none in inspect of ${Object.keys(containers()).length} containers nor in the environment of the first process of ${ours.join(', ')}`;
}

/** Ends a service as Docker does: SIGTERM, and SIGKILL when its time of grace is over. */
export function stopsCleanly(service, graceSeconds) {
  const { Id } = containers()[service];
  const started = performance.now();
  docker(['stop', '--time', String(graceSeconds), Id]);
  const seconds = (performance.now() - started) / 1_000;
  const { ExitCode } = containers()[service].State;
  if (![0, 143].includes(ExitCode) || seconds > graceSeconds)
    missing(`${service} ended with ${ExitCode} after ${seconds} s`);
  docker(['start', Id]);
  return `${service} ended with ${ExitCode} within ${seconds.toFixed(1)} s of SIGTERM`;
}

/** Memory of each container, without what the kernel may drop. */
export function memory() {
  const ids = Object.entries(containers()).filter(([, { State }]) => State.Running);
  const bytes = ids.map(([name, { Id, HostConfig }]) => ({ name, limit: HostConfig.Memory, used: usedBytes(Id) }));
  const total = bytes.reduce((sum, { used }) => sum + used, 0);
  return { services: bytes, total };
}

function usedBytes(id) {
  const [value, unit] = docker(['stats', '--no-stream', '--format', '{{.MemUsage}}', id]).stdout.match(
    /[\d.]+|[A-Za-z]+/g,
  );
  return Number(value) * { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 }[unit];
}

function accepts(host, port) {
  return new Promise((resolve) => {
    const socket = connect({ host, port: Number(port), timeout: 3_000 });
    const end = (isOpen) => {
      socket.destroy();
      resolve(isOpen);
    };
    socket
      .once('connect', () => end(true))
      .once('error', () => end(false))
      .once('timeout', () => end(false));
  });
}

function missing(what) {
  throw new RangeError(what);
}
