import type { State } from '../define/snapshot.ts';

/** A part of what a step remembers under a name of its own (see `Remembering.parts`). */
type Part = { readonly partOf: string; readonly part: State };

/** The parts of what stands under a name in a step's snapshots. */
export function* partsOf(partOf: string, parts: IterableIterator<State>): IterableIterator<State> {
  for (const part of parts) yield { partOf, part } satisfies Part;
}

/** The part that a state is, undefined where it is a snapshot. */
export function asPart(state: State): Part | undefined {
  return typeof state === 'object' && state !== null && 'partOf' in state ? (state as Part) : undefined;
}

/** All of several, one behind the other. */
export function* inTurn(...all: readonly IterableIterator<State>[]): IterableIterator<State> {
  for (const parts of all) yield* parts;
}

/** So many items at a time; those that are added while it goes on come as well. There is a last list, and it may be empty. */
export function* stretchesOf<T>(
  items: Iterable<T>,
  size: number,
): IterableIterator<{ readonly items: readonly T[]; readonly isLast: boolean }> {
  let stretch: T[] = [];
  for (const item of items) {
    if (stretch.length === size) {
      yield { items: stretch, isLast: false };
      stretch = [];
    }
    stretch.push(item);
  }
  yield { items: stretch, isLast: true };
}
