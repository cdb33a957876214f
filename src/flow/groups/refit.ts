import type { Aggregate } from '../define/grouping.ts';
import type { Refit } from '../define/snapshot.ts';

/** Makes partials of an aggregate of several parts out of those of one that had others. A part that was not there begins with nothing. */
export function refitted<S>(states: readonly S[], { parts }: Aggregate<S>, refit: Refit | undefined): readonly S[] {
  if (refit === undefined) return states;
  return (states as readonly (readonly unknown[])[]).map(
    (state) => refit.map((place, part) => (place === undefined ? parts![part]!.zero() : state[place])) as S,
  );
}
