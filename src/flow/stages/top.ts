import { compare } from '../../base/compare.ts';
import { isPair, type Value } from '../../base/value.ts';
import type { Grouping } from '../define/grouping.ts';
import { lambda, whole } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { firstOf, type Largest } from '../groups/largest.ts';

/** A record and what it is ranked by, worked out once. */
interface Entry {
  readonly by: Value;
  readonly record: Value;
}

/** Largest first; ties by key, or record, ascending. */
function rank(a: Entry, b: Entry): number {
  const byValue = compare(b.by, a.by);
  if (byValue !== 0) return byValue;
  return compare(tieOf(a.record), tieOf(b.record));
}

function tieOf(record: Value): Value {
  return isPair(record) ? record[0] : record;
}

export const top = defineStage({
  name: 'top',
  group: 'batch',
  summary: 'The n largest records, largest first',
  docs: 'By the value of a pair, or by the record itself where it is none, or by what `by` gives, in the order of `sort`. Ties come by key (or record) ascending. It keeps about 2 n records.',
  examples: [
    { program: 'words | countByValue | top(2)', in: 'c b b a', out: 'b\t2\na\t1' },
    { program: 'json | top(1, .ms)', in: '{"ms":3}\n{"ms":20}', out: '{"ms":20}' },
  ],
  parameters: {
    n: whole('how many', { least: 1 }),
    by: lambda('what decides').optional(),
  },
  needs: 'anything',
  gives: (input) => input,
  behaviour: {
    kind: 'group',
    create({ n, by }): Grouping<Largest<Entry>> {
      const largest = firstOf(n, rank);
      const decides = by?.call ?? ((record: Value) => (isPair(record) ? record[1] : record));
      return {
        aggregate: {
          zero: largest.zero,
          add: (state, record) => largest.put(state, { by: decides(record), record }),
          merge: largest.merge,
          result: (state) => largest.first(state).map(({ record }) => record),
        },
        emit(_key, state, _span, out) {
          for (const { record } of largest.first(state)) out(record);
        },
      };
    },
  },
});
