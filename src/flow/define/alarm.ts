import type { Value } from '../../base/value.ts';

/** What a stage has told of that is not over. */
export interface AlarmsOn {
  /** How many there are, of all keys. */
  readonly count: number;
  /** The first of them, some: their keys, null where there are none, and since when, ms. */
  readonly first: readonly { readonly key: Value; readonly since: number }[];
}

/** Whom a stage informs: a command that is run by `sh`, or a server. */
export type Informs = { readonly command: string } | { readonly url: string };
