import type { Value } from '../../base/value.ts';
import type { Origin } from './chunk.ts';

/**
 * What a step remembers, as plain data: it has no functions, no objects of a class of ours but numbers with a spelling, and no circles. What
 * stands in it twice may be two copies when it comes back; names of objects, members of sets and keys of maps keep their order.
 *
 * Objects have keys rather than names, as those of records (see `field-key.ts`): none that an engine would put in an order of its own.
 */
export type State =
  | Value
  | undefined
  | readonly State[]
  | { readonly [name: string]: State }
  | ReadonlyMap<State, State>
  | ReadonlySet<State>
  | Uint8Array
  | Int32Array
  | Float64Array;

/**
 * What a step that remembers something has beside the others of its methods (see `Step`): both or neither.
 *
 * **A snapshot is invisible.** It may be taken between any two calls of the step, also while an emission is open, and what goes on is what
 * would have gone on without it. A step made anew, of the same arguments and for a run of the same settings, that is given the snapshot
 * before anything else goes on as the first would have: the same records in the same order, to the last digit, the same bad and late ones.
 * Only what is told once in a run may be told once more.
 *
 * Where several steps of a node share what they remember, the first of them writes and reads it for all.
 */
export interface Remembering {
  /**
   * What it remembers. The step stays as it was. What is returned is lent: it may share parts with the step, so that it is good until the
   * next call of the step, by when it is written down or copied.
   *
   * @param onlyChanges what has changed since the last snapshot of either kind, or since {@link restore}, is enough, where it is read behind
   *   that; behind one that was not kept, all has to be asked for. It costs no more than there is of that; a step that does not tell it apart gives all.
   */
  snapshot(onlyChanges?: boolean): State;
  /**
   * Goes on from what a snapshot was, which is the step's own from then on. Called before all other calls: with a whole snapshot, then with
   * those that were taken of what had changed, in their order; or in place of the whole with all {@link parts}, each where it was taken among the changes.
   *
   * @param origins finds the places that data comes from.
   * @param refit given where the snapshot is of a step of other aggregates, to one whose stage says that it may be (`StageDefinition.refits`).
   */
  restore(state: State, origins: KnownOrigins, refit?: Refit): void;
  /**
   * All that it remembers, part by part, for those that may remember much; others give it at once.
   *
   *     snapshot of changes  parts()  part  push…  snapshot of changes  push…  part  part (the last)  push…  snapshot of changes
   *                                                                                                         └ from here on it stands for a whole one
   *
   * Called at once behind a snapshot of what has changed. A part is made when it is asked for, between any two calls of the step, is lent as
   * snapshots are, and shows what it is of as that is by then. What has changed since then is in the next snapshot, which has to follow the last part.
   *
   * @param size how many items a part has at most.
   */
  parts?(size: number): IterableIterator<State>;
}

/** How partials of other aggregates become those of a step: the place of each of its own among these, undefined where it was not there. */
export type Refit = readonly (number | undefined)[];

/** A file, connection or pipe as a step writes it down that remembers something of it; its `id` tells it from all others of a run. */
export type OriginState = Pick<Origin, 'id' | 'name' | 'source' | 'lines'> & {
  readonly lost?: { readonly count: number; readonly reason: string };
  readonly firstLine?: string;
  readonly isMerged?: true;
};

/** Those places that steps have written down. */
export interface KnownOrigins {
  /** The one of that `id`, the same object for all steps and for the source that goes on with it. */
  of(state: OriginState): Origin;
}

/** How an origin is written down. */
export function originState({ id, name, source, lines, lost, firstLine, isMerged }: Origin): OriginState {
  return {
    id,
    name,
    source,
    lines,
    ...(lost === undefined ? {} : { lost: { ...lost } }),
    ...(firstLine === undefined ? {} : { firstLine }),
    ...(isMerged === true ? { isMerged } : {}),
  };
}
