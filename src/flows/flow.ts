import type { StepRunner } from '../ports/journal.ts';

/** Parameters of a run as they are kept in the journal: JSON scalars and lists. */
export type FlowParameters = Readonly<Record<string, unknown>>;

/** A named use case: a plain function over a step runner, which knows no scheduler. */
export interface Flow<Ports> {
  readonly name: string;
  /** One sentence for `assay --help`, the manifest and the System page. */
  readonly summary: string;
  /** Names and meanings of the parameters it takes. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Throws PlatformError; the result is JSON and becomes the result of the run. */
  run(parameters: FlowParameters, runner: StepRunner, ports: Ports): Promise<Readonly<Record<string, unknown>>>;
}
