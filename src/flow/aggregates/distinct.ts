import { type Identity, identity } from '../../base/compare.ts';
import { NUMBER } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { reading } from '../groups/reading.ts';

export const distinct = defineAggregate({
  name: 'distinct',
  aliases: ['countDistinct'],
  summary: 'How many different values there are, exactly',
  synonyms: ['unique', 'cardinality'],
  docs: 'Nulls are passed over; 0 where there is nothing else. It keeps every different value; `approxDistinct` needs 16 kB at most.',
  examples: [{ program: 'words | aggregate({words: distinct(_)})', in: 'b a b', out: '{"words":2}' }],
  parameters: { f: lambda('the value of a record') },
  gives: () => NUMBER,
  create: ({ f }) =>
    reading(f, {
      zero: () => new Set<Identity>(),
      put: (state, value) => (value === null ? state : state.add(identity(value))),
      merge(into, from) {
        for (const id of from) into.add(id);
        return into;
      },
      grows: true,
      result: (state) => state.size,
    }),
});
