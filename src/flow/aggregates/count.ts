import { NUMBER } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { counting } from '../groups/groupings.ts';

export const count = defineAggregate({
  name: 'count',
  summary: 'How many records there are',
  docs: 'All of them, whatever is in them; 0 where there are none.',
  examples: [{ program: 'words | aggregate({n: count()})', in: 'a b a', out: '{"n":3}' }],
  parameters: {},
  surplus: '`sum(if(condition, 1, 0))` counts the records for which a condition is true',
  gives: () => NUMBER,
  create: () => counting,
});
