import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of minutes, the longest first: begun last, one of them would keep one processor long after the others are done. */
const long = [
  'stack/whole',
  'crash/pipeline',
  'stack/postgres',
  'e2e/commands',
  'stack/airflow',
  'stack/superset',
  'e2e/up',
  'crash/pipeline-disk-full',
  'e2e/host-zones',
  'interop/mlflow-cli',
  'interop/openapi',
  'browser/pages',
  'browser/interaction',
];

/** Vitest's own order, but files of minutes first. */
export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const group = (file: TestSpecification) => file.project.config.sequence.groupOrder;
    const place = ({ moduleId }: TestSpecification) => {
      const found = long.findIndex((name) => moduleId.endsWith(`tests/${name}.test.ts`));
      return found === -1 ? long.length : found;
    };
    const usual = await super.sort(files);
    return usual.toSorted((one, other) => group(one) - group(other) || place(one) - place(other));
  }
}
