import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Files of minutes, the longest first: begun last, one of them would keep one processor long after the others are done. */
const long = [
  'stack/whole',
  'crash/pipeline',
  'e2e/commands',
  'stack/postgres',
  'stack/superset',
  'stack/airflow',
  'e2e/up',
  'browser/pages',
  'crash/pipeline-disk-full',
  'e2e/host-zones',
  'interop/openapi',
  'crash/engines',
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
