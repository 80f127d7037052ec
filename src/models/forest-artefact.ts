import { PlatformError } from '../domain/errors.ts';
import type { Forest } from './forest-fit.ts';

/**
 * A forest as JSON: its arrays as base64 of little-endian numbers, a third of the size of decimal digits and exact.
 * Throws nothing; `decodeForest` gives the same forest bit for bit.
 */
export function encodeForest(forest: Forest): Record<string, unknown> {
  return {
    outputs: forest.outputs,
    roots: toBase64(forest.roots),
    feature: toBase64(forest.feature),
    threshold: toBase64(forest.threshold),
    link: toBase64(forest.link),
    leafValues: toBase64(forest.leafValues),
  };
}

/** The forest back; ARTEFACT_CORRUPT when its arrays do not fit together, so that no walk through it can go astray. */
export function decodeForest(encoded: unknown): Forest {
  const fields = (typeof encoded === 'object' && encoded !== null ? encoded : {}) as Record<string, unknown>;
  const outputs = fields['outputs'];
  if (typeof outputs !== 'number' || !Number.isInteger(outputs) || outputs < 1) throw corrupt('outputs');
  const forest: Forest = {
    outputs,
    roots: new Int32Array(fromBase64(fields, 'roots', 4)),
    feature: new Int16Array(fromBase64(fields, 'feature', 2)),
    threshold: new Float64Array(fromBase64(fields, 'threshold', 8)),
    link: new Int32Array(fromBase64(fields, 'link', 4)),
    leafValues: new Float32Array(fromBase64(fields, 'leafValues', 4)),
  };
  const nodes = forest.feature.length;
  const leaves = forest.leafValues.length / outputs;
  if (forest.threshold.length !== nodes || forest.link.length !== nodes) throw corrupt('link');
  if (forest.roots.length === 0 || forest.roots.some((root) => root < 0 || root >= nodes)) throw corrupt('roots');
  forest.feature.forEach((feature, node) => {
    const link = forest.link[node]!;
    // Links of splits point forward only, so every walk ends.
    const sound = feature >= 0 ? link > node + 1 && link < nodes : link >= 0 && link < leaves;
    if (!sound) throw corrupt('link');
  });
  return forest;
}

function toBase64(values: Int32Array | Int16Array | Float64Array | Float32Array): string {
  return Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString('base64');
}

/** A fresh, aligned buffer of whole elements. */
function fromBase64(fields: Record<string, unknown>, name: string, width: number): ArrayBuffer {
  const text = fields[name];
  if (typeof text !== 'string') throw corrupt(name);
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length === 0 || bytes.length % width !== 0) throw corrupt(name);
  const copy = new ArrayBuffer(bytes.length);
  new Uint8Array(copy).set(bytes);
  return copy;
}

function corrupt(field: string): PlatformError {
  return new PlatformError('ARTEFACT_CORRUPT', `The stored forest is damaged in ${field}`, {
    context: { field },
    hint: 'Train the model again, or roll back to a version whose artefact is whole.',
  });
}
