import { isPair, type Value } from '../../../base/value.ts';
import type { Compiled } from '../../../flow/define/compiled.ts';
import type { RegroupingTest } from '../../../flow/groups/absorbing.ts';
import type { StageNode } from '../../../query/plan/plan.ts';

/** How to tell whether an aggregation by a function of the program may be worked on in parts; undefined where nothing is known of the function. */
export function regroupingTest({ definition, arguments: { f } }: StageNode): RegroupingTest<unknown> | undefined {
  const { combines } = definition;
  const test = combines === undefined ? undefined : (f as Compiled).regroups;
  if (test === undefined) return undefined;
  return {
    // A record that is no pair is bad in any grouping.
    record: combines === 'records' ? test : (record) => !isPair(record) || test(record[1]),
    state: (state) => test(state as Value),
  };
}
