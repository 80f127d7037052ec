import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  artefactKey,
  artefactLocation,
  nameOfKey,
  pathOfArtefactUri,
  requireArtefactPath,
} from '../../../../src/api/mlflow/artefact-path.ts';

/** Every form of leaving a folder that has been tried on artefact servers. */
const traversals = [
  '..',
  '../x',
  'a/../../x',
  'a/..',
  './x',
  'a/./b',
  '%2e%2e/x',
  '%2E%2E%2Fx',
  '..%2fx',
  '%252e%252e%252fx',
  '%25252e%25252e%25252fx',
  '..\\x',
  'a\\..\\x',
  '..%5cx',
  '%5c%5cserver/share',
  '/etc/passwd',
  '//etc/passwd',
  '//proc/self/environ',
  '%2fetc/passwd',
  '%2f%2fetc',
  'a//b',
  'a/',
  'C:/windows/win.ini',
  'c:windows',
  'file:///etc/passwd',
  'file:etc',
  'http://127.0.0.1/x',
  'a/..;/x',
  '..;/x',
  '..;a=b/x',
  'x#/../../y',
  'x%23y',
  'a\0b',
  'a%00b',
  'a%2500b',
  'a\nb',
  'a%0ab',
  'a\u007fb',
  '%c0%ae%c0%ae/x',
  '%ff',
  '100%',
  '',
];

describe('artefact paths', () => {
  it.each(traversals)('refuses %j', (path) => {
    expect(() => requireArtefactPath(path)).toThrow(/Invalid path/);
    expect(() => pathOfArtefactUri(`mlflow-artifacts:/1/${path}/../../x`)).toThrow(/Invalid path/);
  });

  it.each(['a', 'a/b.txt', 'прогноз 1.json', 'a..b', '...', '.hidden', 'a%20b', 'model/MLmodel', 'x=y', 'con', 'end.'])(
    'takes %j',
    (path) => {
      expect(requireArtefactPath(path)).toBe(decodeURIComponent(path));
    },
  );

  it('names artefacts one to one within the root, in names that every lake can hold', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ minLength: 1, unit: 'grapheme' }), { minLength: 1, maxLength: 4 }), (names) => {
        let path: string;
        try {
          path = requireArtefactPath(names.join('/'));
        } catch {
          return;
        }
        const key = artefactKey(path);
        expect(key.startsWith('tracking/artifacts/')).toBe(true);
        const segments = key.slice('tracking/artifacts/'.length).split('/');
        for (const segment of segments) expect(segment).toMatch(/^[A-Za-z0-9][A-Za-z0-9._=+-]*$/);
        expect(segments.map(nameOfKey).join('/')).toBe(path);
      }),
    );
  });

  it('reads only its own URIs', () => {
    expect(pathOfArtefactUri('mlflow-artifacts:/1/abc/artifacts')).toBe('1/abc/artifacts');
    expect(pathOfArtefactUri('mlflow-artifacts://host:5000/1/abc/artifacts/')).toBe('1/abc/artifacts');
    expect(pathOfArtefactUri('s3://bucket/1')).toBeNull();
    expect(pathOfArtefactUri('/etc')).toBeNull();
  });

  it('takes locations of experiments as text, unless they climb', () => {
    expect(artefactLocation('')).toBeNull();
    expect(artefactLocation('s3://bucket/path')).toBe('s3://bucket/path');
    for (const wrong of ['runs:/abc', 'mlflow-artifacts:/../x', 's3://b/%2e%2e/x', 's3://b/x?y', 's3://b/x#y']) {
      expect(() => artefactLocation(wrong)).toThrow();
    }
  });
});
