import { NUMBER, pairOf } from '../../base/type.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { countingBy } from '../groups/groupings.ts';

export const countBy = defineStage({
  name: 'countBy',
  group: 'batch',
  summary: 'How many records there are for each value of a function',
  synonyms: ['group by', 'histogram'],
  docs: 'One pair `[value, how many]` for each different value of `f` in the batch, in the order first seen. Short for `map(f) | countByValue`.',
  examples: [
    {
      program: 'json | countBy(.level)',
      in: '{"level":"info"}\n{"level":"error"}\n{"level":"info"}',
      out: 'info\t2\nerror\t1',
    },
  ],
  parameters: { f: lambda('what to count by') },
  needs: 'anything',
  gives: (_input, _args, results) => pairOf(results.f!, NUMBER),
  faster: { uses: 'read' },
  behaviour: { kind: 'group', create: ({ f }) => countingBy(f) },
});
