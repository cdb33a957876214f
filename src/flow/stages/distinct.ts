import type { Grouping } from '../define/grouping.ts';
import { defineStage } from '../define/stage.ts';
import { itself } from '../groups/groupings.ts';

export const distinct = defineStage({
  name: 'distinct',
  aliases: ['uniq'],
  group: 'batch',
  summary: 'Each different record once',
  synonyms: ['unique'],
  docs: 'In the order first seen. Records are the same if their content is, fields in any order. To drop repeats as they come, over batches, see `dedupe`.',
  examples: [{ program: 'words | distinct', in: 'a b a', out: 'a\nb' }],
  parameters: {},
  surplus: '`map(f) | distinct` gives the different values of a function, `dedupe(f)` the first record of each',
  needs: 'anything',
  gives: (input) => input,
  behaviour: {
    kind: 'group',
    // That the group exists is all there is to know.
    create: (): Grouping<null> => ({
      key: itself,
      aggregate: { zero: () => null, add: () => null, merge: () => null, subtract: () => null, result: () => null },
      faster: { countOf: 'each', partial: () => null },
      emit: (key, _state, _span, out) => out(key),
    }),
  },
});
