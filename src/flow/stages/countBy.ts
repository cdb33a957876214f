import { NUMBER, pairOf } from '../../base/type.ts';
import { keys } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { countingBy } from '../groups/groupings.ts';

export const countBy = defineStage({
  name: 'countBy',
  group: 'batch',
  summary: 'How many records there are for each value of a function',
  synonyms: ['group by', 'histogram'],
  docs: 'One pair `[value, how many]` for each different value of `f` in the batch, in the order first seen. Short for `map(f) | countByValue`. Several functions count by all of them together: the key is then the list of their values, which csv and tsv give as the columns `key.1`, `key.2`.',
  examples: [
    {
      program: 'json | countBy(.level)',
      in: '{"level":"info"}\n{"level":"error"}\n{"level":"info"}',
      out: 'info\t2\nerror\t1',
    },
    {
      program: 'json | countBy(.method, .status)',
      in: '{"method":"GET","status":200}\n{"method":"PUT","status":200}\n{"method":"GET","status":200}',
      out: '["GET",200]\t2\n["PUT",200]\t1',
    },
  ],
  parameters: { f: keys('what to count by', { asList: true }) },
  needs: 'anything',
  gives: (_input, _args, results) => pairOf(results.f!, NUMBER),
  faster: { uses: 'read' },
  behaviour: {
    kind: 'group',
    create: ({ f }) => ({ ...countingBy(f.of), faster: { countOf: 'key', partial: (count) => count } }),
  },
});
