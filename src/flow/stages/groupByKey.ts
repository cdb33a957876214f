import { keyType, listOf, pairOf, valueType } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { byKey, collecting } from '../groups/groupings.ts';

export const groupByKey = defineStage({
  name: 'groupByKey',
  group: 'batch',
  summary: 'The list of the values of each key',
  docs: 'One pair `[key, [value, …]]` for each key of the batch, keys in the order first seen, values in order of arrival. It keeps every value; `reduceByKey` or `groupBy` keep one partial result a key.',
  examples: [
    { program: 'words | map([_.length, _]) | groupByKey', in: 'to be not', out: '2\t["to","be"]\n3\t["not"]' },
  ],
  parameters: {},
  needs: 'pairs',
  instead: '`map([_, 1])` before it, or `groupBy(f, {all: list(_)})`',
  gives: (input) => pairOf(keyType(input), listOf(valueType(input))),
  behaviour: {
    kind: 'group',
    create: () =>
      byKey(
        collecting(
          (value) => value,
          (values) => values,
        ),
      ),
  },
});
