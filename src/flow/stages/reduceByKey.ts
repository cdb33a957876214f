import { common, keyType, opened, pairOf, valueType } from '../../base/type.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { byKey, reducing } from '../groups/groupings.ts';

export const reduceByKey = defineStage({
  name: 'reduceByKey',
  group: 'batch',
  summary: 'The values of each key, combined two by two',
  docs: 'One pair a key of the batch. `f` must be associative; values are combined in order of arrival.',
  examples: [{ program: 'words | map([_, 1]) | reduceByKey(_ + _)', in: 'a b a', out: 'a\t2\nb\t1' }],
  parameters: { f: lambda('combines two values', (input) => [opened(valueType(input)), opened(valueType(input))]) },
  needs: 'pairs',
  instead: '`countByValue`, or `map([_, 1])` before it',
  combines: 'values',
  gives: (input, _args, results) => pairOf(keyType(input), common(opened(valueType(input)), opened(results.f!))),
  behaviour: { kind: 'group', create: ({ f }) => byKey(reducing(f.call)) },
});
