import { common, keyType, pairOf, UNKNOWN, valueType } from '../../base/type.ts';
import { constant, lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { byKey, combining } from '../groups/groupings.ts';

export const aggregateByKey = defineStage({
  name: 'aggregateByKey',
  group: 'batch',
  summary: 'The values of each key, added one by one to a start value',
  docs: 'One pair `[key, result]` for each key of the batch. `add` takes what there is so far, `zero` at first, and a value; `merge` joins two results, the earlier one first. `zero` must change nothing when it is merged, as in Spark: a batch may be worked on in parts.',
  examples: [
    {
      program: 'words | map([_.length, _]) | aggregateByKey("", (text, word) => text + word + ";", _ + _)',
      in: 'to be not',
      out: '2\tto;be;\n3\tnot;',
    },
  ],
  parameters: {
    zero: constant('what each key starts from'),
    add: lambda('adds a value to what there is', (input) => [UNKNOWN, valueType(input)]),
    merge: lambda('joins two results', () => [UNKNOWN, UNKNOWN]),
  },
  needs: 'pairs',
  instead: '`map([_, 1])` before it',
  gives: (input, _args, results) => pairOf(keyType(input), common(results.add!, results.merge!)),
  behaviour: {
    kind: 'group',
    create: ({ zero, add, merge }) => byKey(combining((value) => add.call(zero, value), add.call, merge.call)),
  },
});
