import type { StepDefinition, StepRunner } from '../ports/journal.ts';

/** Parameters of a run as they are kept in the journal: JSON scalars and lists. */
export type FlowParameters = Readonly<Record<string, unknown>>;

/** What of the data a flow makes; null for flows that make none, or all. */
export type Layer = 'ingest' | 'transform' | 'publish' | 'train' | 'forecast' | 'score';

export interface ParameterDefinition {
  readonly type: 'date' | 'integer' | 'metal' | 'metals' | 'models' | 'switch' | 'text';
  /** What stands for an absent value; nothing does where it is left out. */
  readonly default?: string | number;
  readonly choices?: readonly string[];
  readonly least?: number;
  readonly most?: number;
  /** One sentence for people. */
  readonly meaning: string;
}

/** A named use case: a plain function over a step runner, which knows no scheduler. */
export interface Flow<Ports> {
  readonly name: string;
  /** One sentence for `assay --help`, the manifest and the System page. */
  readonly summary: string;
  readonly layer: Layer | null;
  /** Flows after any of which this one has something new to do. */
  readonly after: readonly string[];
  readonly parameters: Readonly<Record<string, ParameterDefinition>>;
  /** Every step it may run; a runner refuses others. */
  readonly steps: readonly StepDefinition[];
  /**
   * The part of the warehouse that a run by these parameters has to itself, beside runs of other parts; null where it needs
   * all of it, as every flow does that does not say so. Only what shares no row with other parts may name one.
   */
  readonly part?: (parameters: FlowParameters) => string | null;
  /** Throws PlatformError; the result is JSON and becomes the result of the run. */
  run(parameters: FlowParameters, runner: StepRunner, ports: Ports): Promise<Readonly<Record<string, unknown>>>;
}
