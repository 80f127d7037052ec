/** A request that reads, as the OpenAPI document of this server describes it: what a form of it needs to know. */
export interface ReadRequest {
  /** Template below /api/v1, without a suffix: `/metals/{metal}/quotes`. */
  readonly path: string;
  readonly summary: string;
  /** Whether the path answers without a suffix, with JSON where nothing else is asked for. */
  readonly isPlain: boolean;
  /** Suffixes that the path takes; empty where it takes none. */
  readonly formats: readonly string[];
  readonly parameters: readonly RequestParameter[];
}

export interface RequestParameter {
  readonly name: string;
  readonly isInPath: boolean;
  readonly isRequired: boolean;
  readonly kind: 'choice' | 'day' | 'whole' | 'text';
  /** Of a choice. */
  readonly choices: readonly string[];
  readonly least: number | null;
  readonly most: number | null;
  readonly description: string | null;
}
