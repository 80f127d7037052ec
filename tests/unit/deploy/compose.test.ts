import { copyFileSync, existsSync, mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SaxesParser } from 'saxes';
import { describe, expect, it } from 'vitest';
import type { CommandContext } from '../../../src/cli/command-context.ts';
import { composeSecrets, initCompose } from '../../../src/cli/commands/init-compose.ts';
import { packageRoot } from '../../../src/config/package-root.ts';
import { createTestTerminal } from '../../support/terminal.ts';

const compose = readFileSync(join(packageRoot, 'compose.yaml'), 'utf8');
const dockerfile = readFileSync(join(packageRoot, 'Dockerfile'), 'utf8');
const every = (pattern: RegExp, text = compose) => [...text.matchAll(pattern)].map((found) => found[1] ?? '');

describe('compose.yaml', () => {
  it('names only files that are there', () => {
    const mounted = every(/(\.\/deploy\/[^:\s'",]+):/g);
    const copied = every(/^COPY (?:--\S+ )?((?:deploy|package|\.npmrc)\S*)/gm, dockerfile);
    expect(mounted.length).toBeGreaterThan(3);
    expect([...mounted, ...copied].filter((path) => !existsSync(join(packageRoot, path)))).toEqual([]);
  });

  it('mounts XML that a parser takes', () => {
    const files = every(/(\.\/deploy\/[^:\s'",]+\.xml):/g);
    expect(files.length).toBeGreaterThan(1);
    for (const file of files) {
      const parser = new SaxesParser();
      const complaints: string[] = [];
      parser.on('error', (error) => complaints.push(error.message));
      parser.write(readFileSync(join(packageRoot, file), 'utf8')).close();
      expect(complaints, file).toEqual([]);
    }
  });

  it('pins every image, and publishes on loopback alone', () => {
    const images = [...every(/^\s+image: (\S+)$/gm), ...every(/^ARG \w+_IMAGE=(\S+)$/gm, dockerfile)];
    expect(images.length).toBeGreaterThan(8);
    expect(
      images.filter((image) => !/:(\d+[.\d]*\d[\w.-]*|RELEASE\.[\dTZ-]+|\$\{ASSAY_VERSION:-[\d.]+\})$/.test(image)),
    ).toEqual([]);
    const published = every(/"([\d.:]*\$\{\w+_PORT:-\d+\}:\d+)"/g);
    expect(published).toHaveLength(every(/"([^"\s]+:\d+)"/g, every(/^ +ports: (.*)$/gm).join('\n')).length);
    expect(published.filter((port) => !port.startsWith('127.0.0.1:'))).toEqual([]);
    // Each at the port that the service has inside, unless a setting says another.
    const known = published.map((port) => /:-(\d+)\}:\1$/.exec(port)?.[1]);
    expect(new Set(known)).toEqual(new Set(['8080', '5000', '8501', '8088']));
  });

  it('uses every secret that it declares, and declares what init writes', () => {
    const [services = '', declared = ''] = compose.split('\nsecrets:\n');
    const names = every(/^ {2}(\w+): \{ ?file/gm, declared);
    expect(names.filter((name) => !new RegExp(`\\b${name}\\b`).test(services))).toEqual([]);
    expect(names.filter((name) => !(name in composeSecrets))).toEqual([]);
    const used = new Set(every(/\/run\/secrets\/(\w+)/g));
    expect([...used].filter((name) => !names.includes(name))).toEqual([]);
  });
});

describe('assay init --compose', () => {
  it('writes a secret for each name, closed to others, and changes nothing when run again', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'assay-compose-'));
    copyFileSync(join(packageRoot, 'compose.yaml'), join(folder, 'compose.yaml'));
    const context = { terminal: createTestTerminal(), json: true } as unknown as CommandContext;
    await initCompose(context, { folder, profile: 'core' });
    const read = () =>
      Object.fromEntries(
        readdirSync(join(folder, 'secrets')).map((name) => [name, readFileSync(join(folder, 'secrets', name), 'utf8')]),
      );
    const first = read();
    expect(Object.keys(first).sort()).toEqual(Object.keys(composeSecrets).sort());
    expect(new Set(Object.values(first)).size).toBe(Object.keys(first).length);
    for (const value of Object.values(first)) expect(value.trim().length).toBeGreaterThanOrEqual(17);
    expect(statSync(join(folder, 'secrets')).mode & 0o777).toBe(0o700);
    expect(statSync(join(folder, '.env')).mode & 0o777).toBe(0o600);
    expect(first['database_url']).toContain(first['database_app_password']?.trim());
    await initCompose(context, { folder, profile: 'full' });
    expect(read()).toEqual(first);
    expect(readFileSync(join(folder, '.env'), 'utf8')).toContain('COMPOSE_PROFILES=core');
  });
});
