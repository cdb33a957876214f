import type { Refit } from '../../flow/define/snapshot.ts';
import type { Fitting } from '../../query/plan/plan-text.ts';
import type { PlanNames } from './plan-names.ts';
import type { Base } from './records.ts';

/** Where a node goes on from what was kept of one with other aggregates. */
interface Refitting {
  /** What that was called. */
  readonly before: string;
  readonly places: Refit;
  /** The aggregates of both in the words of their programs. */
  readonly kept: readonly string[];
  readonly fresh: readonly string[];
  readonly dropped: readonly string[];
}

/** The nodes of a plan that were kept with other aggregates, by what they are called. One that was kept as it is goes on so. */
export function refitsOf(
  { nodes, fitting }: PlanNames,
  { nodes: before, words }: Pick<Base, 'nodes' | 'words'>,
): ReadonlyMap<string, Refitting> {
  const refits = new Map<string, Refitting>();
  for (const [place, own] of fitting.entries()) {
    const name = nodes[place]!;
    if (own === undefined || before.includes(name)) continue;
    const at = words.nodes.findIndex((kept) => kept.fitting?.stage === own.stage);
    if (at !== -1) refits.set(name, refitting(before[at]!, words.nodes[at]!.fitting!.aggregates, own.aggregates));
  }
  return refits;
}

type Aggregates = Fitting['aggregates'];

function refitting(before: string, theirs: Aggregates, own: Aggregates): Refitting {
  const left = new Set(theirs.keys());
  const places = own.map(({ text }) => {
    const place = [...left].find((other) => theirs[other]!.text === text);
    if (place !== undefined) left.delete(place);
    return place;
  });
  const wordsOf = (place: number) => theirs[place]!.words;
  return {
    before,
    places,
    kept: places.flatMap((place) => (place === undefined ? [] : [wordsOf(place)])),
    fresh: own.flatMap(({ words }, i) => (places[i] === undefined ? [words] : [])),
    dropped: [...left].map(wordsOf),
  };
}
