import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { homedir, tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../src/config/package-root.ts';
import { train } from '../../src/flows/train.ts';
import { forecastBench, trainRequest } from '../support/forecast-bench.ts';

const run = promisify(execFile);
const cache = process.env['ASSAY_CACHE'] ?? join(homedir(), '.cache', 'assay');

for (const major of ['3', '2']) {
  const python = join(cache, `mlflow${major}`, 'bin', 'python');
  const isInstalled = existsSync(python);
  const title = `MLflow ${major}${isInstalled ? '' : ' (absent: run scripts/interop-mlflow.sh)'}`;

  describe.skipIf(!isInstalled)(title, () => {
    it('reads the model folder of a run: flavor, signature, input example, and the source of the data', async () => {
      const bench = forecastBench();
      await train(trainRequest, bench);
      const drift = [...bench.tracking.state.runs.values()].find(
        ({ record }) => record.tags['assay.entry'] === 'drift',
      );
      const folder = await mkdtemp(join(tmpdir(), 'assay-mlmodel-'));
      try {
        for (const [path, bytes] of drift!.artefacts) {
          if (path.startsWith('model/')) await writeFile(join(folder, path.slice('model/'.length)), bytes);
        }
        const script = join(packageRoot, 'tests', 'interop', 'mlflow_model.py');
        const { stdout } = await run(python, [script, folder, JSON.stringify(drift!.inputs[0])]);
        expect(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).toEqual({
          flavors: ['assay'],
          runId: drift!.record.runId,
          inputs: ['date', 'priceRubPerGram'],
          outputs: ['horizon', 'mean', ...[0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.975].map((q) => `q${q}`)],
          horizon: 5,
          rows: 5,
          source: { tags: expect.objectContaining({ 'mlflow.source.name': 'dm.quote_daily', metal: 'gold' }) },
        });
      } finally {
        await rm(folder, { recursive: true });
      }
    }, 120_000);
  });
}
