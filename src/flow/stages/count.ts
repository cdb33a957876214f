import { NUMBER } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { counting } from '../groups/groupings.ts';

export const count = defineStage({
  name: 'count',
  aliases: ['wc'],
  group: 'batch',
  summary: 'How many records there are',
  synonyms: ['wc'],
  docs: 'One number a batch, 0 for an empty one. To count by something, see `countByValue`, `countBy` and `countByKey`.',
  examples: [{ program: 'words | count', in: 'to be or\nnot to be', out: '6' }],
  parameters: {},
  surplus: '`filter(f) | count` counts some of them, `countBy(f)` counts by what a function gives',
  needs: 'anything',
  gives: () => NUMBER,
  faster: { uses: 'read' },
  behaviour: {
    kind: 'group',
    create: () => ({
      aggregate: counting,
      emitsEmpty: true,
      faster: { countOf: 'all', partial: (count) => count },
      emit: (_key, state, _span, out) => out(state as number),
    }),
  },
});
