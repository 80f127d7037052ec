import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hideSecret, loadSettings, type SettingName } from '../../../src/config/settings.ts';
import { PlatformError } from '../../../src/domain/errors.ts';

function load(request: {
  environment?: Record<string, string>;
  flags?: Partial<Record<SettingName, string>>;
  file?: unknown;
}) {
  const workingFolder = mkdtempSync(join(tmpdir(), 'assay-settings-'));
  if (request.file !== undefined) writeFileSync(join(workingFolder, 'assay.json'), JSON.stringify(request.file));
  return loadSettings({ workingFolder, environment: request.environment ?? {}, flags: request.flags ?? {} });
}

function refusal(request: Parameters<typeof load>[0]): PlatformError {
  try {
    load(request);
  } catch (error) {
    expect(error).toBeInstanceOf(PlatformError);
    return error as PlatformError;
  }
  return expect.fail('the settings were accepted');
}

describe('settings', () => {
  it('is embedded and on loopback when nothing is set', () => {
    const { settings, origins } = load({});
    expect(settings).toMatchObject({
      databaseUrl: null,
      clickhouseUrl: null,
      host: '127.0.0.1',
      port: 8501,
      lang: 'ru',
    });
    expect(new Set(Object.values(origins))).toEqual(new Set(['default']));
    expect(Object.isFrozen(settings)).toBe(true);
  });

  it('prefers a flag to the environment and the environment to the file, and says where a value came from', () => {
    const { settings, origins } = load({
      file: { port: 1001, lang: 'en', host: 'localhost' },
      environment: { ASSAY_PORT: '1002', ASSAY_LANG: 'ru' },
      flags: { port: '1003' },
    });
    expect(settings).toMatchObject({ port: 1003, lang: 'ru', host: 'localhost' });
    expect(origins).toMatchObject({ port: 'flag', lang: 'environment', host: 'file', cbrUrl: 'default' });
  });

  it('refuses an unknown name with the nearest known one', () => {
    expect(refusal({ environment: { ASSAY_PROT: '1' } }).hint).toBe('Did you mean ASSAY_PORT?');
    expect(refusal({ file: { cbrurl: 'http://localhost' } }).hint).toBe('Did you mean cbrUrl?');
    expect(refusal({ environment: { ASSAY_SOMETHING_ELSE_ENTIRELY: '1' } }).hint).toContain('ASSAY_DATA');
  });

  it('names the setting, the value and the rule of a refused value, but never a secret', () => {
    expect(refusal({ environment: { ASSAY_PORT: '99999' } }).message).toMatch(/ASSAY_PORT \(environment\): "99999"/);
    const secret = refusal({ environment: { DATABASE_URL: 'mysql://me:hunter2@db/x' } });
    expect(JSON.stringify([secret.message, secret.hint, secret.context])).not.toContain('hunter2');
  });

  it('listens beyond loopback only behind a token, which a file may not hold', () => {
    expect(refusal({ environment: { ASSAY_HOST: '0.0.0.0' } }).hint).toContain('ASSAY_TOKEN');
    expect(refusal({ file: { token: 'a-secret-of-sixteen' } }).hint).toContain('environment only');
    for (const [key, value] of [
      ['alertSecret', 'a-secret-of-sixteen'],
      ['telegramUrl', 'https://api.telegram.org/bot1:KEY'],
      ['smtpUrl', 'smtp://me:hunter2@mail'],
    ]) {
      expect(refusal({ file: { [key as string]: value } }).hint).toContain('environment only');
    }
    const open = load({ environment: { ASSAY_HOST: '0.0.0.0', ASSAY_TOKEN: 'a-secret-of-sixteen' } });
    expect(open.settings.host).toBe('0.0.0.0');
  });

  it('hides passwords and tokens', () => {
    expect(hideSecret('databaseUrl', 'postgres://me:hunter2@db/x')).toBe('postgres://me:********@db/x');
    expect(hideSecret('token', 'a-secret-of-sixteen')).toBe('********');
    expect(hideSecret('telegramUrl', 'https://api.telegram.org/bot1:KEY')).toBe('https://api.telegram.org/********');
    expect(hideSecret('smtpUrl', 'smtps://me:hunter2@mail:465')).toBe('smtps://me:********@mail:465');
    expect(hideSecret('port', 8501)).toBe('8501');
  });
});

describe('secrets in files', () => {
  it('takes a secret from the file that <NAME>_FILE names, and nothing else so', () => {
    const file = join(mkdtempSync(join(tmpdir(), 'assay-secret-')), 'url');
    writeFileSync(file, 'postgres://me:hunter2@db/x\n');
    expect(load({ environment: { DATABASE_URL_FILE: file } }).settings.databaseUrl).toBe('postgres://me:hunter2@db/x');
    const both = { DATABASE_URL_FILE: file, DATABASE_URL: 'postgres://other@db/x' };
    expect(load({ environment: both }).settings.databaseUrl).toBe('postgres://other@db/x');
    expect(refusal({ environment: { DATABASE_URL_FILE: '/nowhere' } }).message).toContain('/nowhere');
    expect(refusal({ environment: { ASSAY_PORT_FILE: file } }).message).toContain('ASSAY_PORT_FILE');
  });
});
