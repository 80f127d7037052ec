import type { Hono } from 'hono';
import type { z } from 'zod';
import { type AssayApi, artefactSchema } from '../contract.ts';
import { respond } from './conditional.ts';
import { parseParameters } from './request-parameters.ts';
import { ofModel } from './routes.ts';

export const artefactPath = '/metals/:metal/model/artefacts/:file';
export const artefactParameters = ofModel.extend({ file: artefactSchema.shape.file });
/** Never of a kind that a browser would show: what it holds is for programs. */
export const artefactType = 'application/octet-stream';

/** Files of models, byte for byte as they are kept; the tag is their SHA-256. */
export function addArtefacts(app: Hono, api: AssayApi): void {
  app.get(artefactPath, async (context) => {
    const { metal, name, file } = parseParameters(artefactParameters, context) as z.output<typeof artefactParameters>;
    const { sha256, content } = await api.artefact(metal, name, file);
    const headers = {
      'content-type': artefactType,
      'cache-control': 'no-cache',
      'x-content-type-options': 'nosniff',
      etag: `"${sha256}"`,
      'content-disposition': `attachment; filename="${metal}-${name.replace(/[^\w.-]+/g, '-')}-${file}"`,
    };
    return respond(context, { headers, body: new Uint8Array(content), gzipped: null });
  });
}
