import { common, keyType, pairOf, UNKNOWN, valueType } from '../../base/type.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { byKey, combining } from '../groups/groupings.ts';

export const combineByKey = defineStage({
  name: 'combineByKey',
  group: 'batch',
  summary: 'The values of each key, combined into something else',
  docs: 'One pair `[key, result]` for each key of the batch. `create` makes a result of the first value, `add` takes a result and a value, `merge` joins two results, the earlier one first: a batch may be worked on in parts.',
  examples: [
    {
      program:
        'words | map([_.length, _]) | combineByKey([_], (list, word) => [...list, word], (a, b) => [...a, ...b])',
      in: 'to be not',
      out: '2\t["to","be"]\n3\t["not"]',
    },
  ],
  parameters: {
    create: lambda('makes a result of a first value', (input) => [valueType(input)]),
    add: lambda('adds a value to a result', (input) => [UNKNOWN, valueType(input)]),
    merge: lambda('joins two results', () => [UNKNOWN, UNKNOWN]),
  },
  needs: 'pairs',
  instead: '`map([_, 1])` before it',
  gives: (input, _args, results) =>
    pairOf(keyType(input), common(results.create!, common(results.add!, results.merge!))),
  behaviour: { kind: 'group', create: ({ create, add, merge }) => byKey(combining(create.call, add.call, merge.call)) },
});
