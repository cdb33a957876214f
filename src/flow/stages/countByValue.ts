import { NUMBER, pairOf } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { countingBy, itself } from '../groups/groupings.ts';

export const countByValue = defineStage({
  name: 'countByValue',
  group: 'batch',
  summary: 'How often each record occurs',
  synonyms: ['uniq', 'histogram', 'frequency'],
  docs: 'One pair `[record, how often]` for each different record of the batch, in the order first seen. Records are the same if their content is, fields in any order.',
  examples: [
    { program: 'words | countByValue', in: 'a b a', out: 'a\t2\nb\t1' },
    { program: 'json | countByValue', in: '{"a":1,"b":2}\n{"b":2,"a":1}', out: '{"a":1,"b":2}\t2' },
  ],
  parameters: {},
  needs: 'anything',
  gives: (input) => pairOf(input, NUMBER),
  behaviour: {
    kind: 'group',
    create: () => ({ ...countingBy(itself), faster: { countOf: 'each', partial: (count) => count } }),
  },
});
