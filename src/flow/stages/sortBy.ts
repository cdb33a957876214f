import { compare } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { Grouping } from '../define/grouping.ts';
import { flag, lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { collecting } from '../groups/groupings.ts';

/** A record and what it is sorted by, worked out once. */
interface Entry {
  readonly by: Value;
  readonly record: Value;
}

export const sortBy = defineStage({
  name: 'sortBy',
  aliases: ['orderBy'],
  group: 'batch',
  summary: 'The records in the order of what the function gives',
  synonyms: ['order by'],
  docs: 'Ascending, or descending with `desc: true`, in the order of `sort`. Records for which `f` gives the same keep their order either way. Give a list to sort by several things: `sortBy([.service, .ms])`.',
  examples: [
    { program: 'words | countByValue | sortBy(_[1], desc: true)', in: 'a b b c', out: 'b\t2\na\t1\nc\t1' },
    { program: 'json | sortBy(.ms)', in: '{"ms":20}\n{"ms":3}', out: '{"ms":3}\n{"ms":20}' },
  ],
  parameters: { f: lambda('what to sort by'), desc: flag('largest first') },
  needs: 'anything',
  gives: (input) => input,
  keeps: true,
  behaviour: {
    kind: 'group',
    create({ f: { call }, desc }): Grouping<Entry[]> {
      const order = desc ? (a: Entry, b: Entry) => compare(b.by, a.by) : (a: Entry, b: Entry) => compare(a.by, b.by);
      const sorted = (entries: readonly Entry[]) => entries.toSorted(order).map(({ record }) => record);
      return {
        aggregate: collecting((record) => ({ by: call(record), record }), sorted),
        emit(_key, state, _span, out) {
          for (const record of sorted(state)) out(record);
        },
      };
    },
  },
});
