import { NUMBER } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { counting } from '../groups/groupings.ts';
import { readingCondition } from '../groups/reading.ts';

export const count = defineAggregate({
  name: 'count',
  summary: 'How many records there are, or for how many a condition is true',
  synonyms: ['countIf'],
  docs: 'All of them, whatever is in them; 0 where there are none. With a condition those for which it is true: anything but null, false, 0 and "".',
  examples: [
    { program: 'words | aggregate({n: count()})', in: 'a b a', out: '{"n":3}' },
    {
      program: 'json | aggregate({n: count(), errors: count(.status >= 500)})',
      in: '{"status":200}\n{"status":503}\n{}',
      out: '{"n":3,"errors":1}',
    },
  ],
  parameters: { condition: lambda('which records count').optional() },
  gives: () => NUMBER,
  create: ({ condition }) =>
    condition === undefined ? counting : { ...counting, ...readingCondition(condition, counting) },
});
