import type { Value } from '../../base/value.ts';

/** A stage of a run that is kept in a directory, by its name or word; undefined where only one remembers something. */
export interface KeptStage {
  readonly directory: string;
  readonly name: string | undefined;
}

/** The states that a stage begins with: pairs, or what a stage of another run remembers. */
export type Initial = readonly Value[] | KeptStage;

/** What stages of other runs remember, by where a program names them. */
export type InitialStates = ReadonlyMap<KeptStage, readonly Value[]>;
