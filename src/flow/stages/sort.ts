import { compare } from '../../base/compare.ts';
import type { Value } from '../../base/value.ts';
import type { Grouping } from '../define/grouping.ts';
import { defineStage } from '../define/stage.ts';
import { collecting } from '../groups/groupings.ts';

export const sort = defineStage({
  name: 'sort',
  group: 'batch',
  summary: 'The records in ascending order',
  docs: 'null, booleans, numbers, strings by code point, lists by their first difference, objects by their fields in order of name. So pairs are ordered by key, then by value. Records that are equal keep their order.',
  examples: [
    { program: 'words | sort', in: 'b a c', out: 'a\nb\nc' },
    { program: 'json | sort', in: '10\n9\n"a"\nnull', out: 'null\n9\n10\na' },
  ],
  parameters: {},
  surplus: '`sortBy(_, desc: true)` gives the largest first, `sortBy(f)` sorts by what a function gives',
  needs: 'anything',
  gives: (input) => input,
  keeps: true,
  behaviour: {
    kind: 'group',
    create: (): Grouping<Value[]> => ({
      aggregate: collecting(
        (record) => record,
        (records) => records.toSorted(compare),
      ),
      emit(_key, state, _span, out) {
        for (const record of state.toSorted(compare)) out(record);
      },
    }),
  },
});
