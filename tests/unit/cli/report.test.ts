import { describe, expect, it, vi } from 'vitest';
import type { CommandContext } from '../../../src/cli/command-context.ts';
import { report } from '../../../src/cli/commands/report.ts';

/** A context whose settings must not be asked for: what cannot be written is refused before anything is started. */
const context = {
  settings: () => {
    throw new TypeError('nothing may be started');
  },
} as unknown as CommandContext;

describe('assay report', () => {
  it.each(['gold.doc', 'gold', 'pdf'])('refuses to write %s', async (out) => {
    await expect(report(context, { out, metal: 'gold' })).rejects.toMatchObject({ code: 'USAGE' });
  });

  it('says so where there is no Chromium, and what to do instead', async () => {
    vi.stubEnv('ASSAY_CHROMIUM', '/nowhere/chromium');
    await expect(report(context, { out: 'gold.pdf', metal: 'gold' })).rejects.toMatchObject({
      code: 'NOT_FOUND',
      hint: expect.stringContaining('.html'),
    });
    vi.unstubAllEnvs();
  });
});
