import { itemType, keyType, pairOf, valueType } from '../../base/type.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { pair } from '../groups/groupings.ts';
import { listFrom } from '../records/list-from.ts';

export const flatMapValues = defineStage({
  name: 'flatMapValues',
  group: 'record',
  summary: 'Each pair as many times as the function gives values for it',
  docs:
    'The function is given the value alone and must give a list; each of its items comes out as a pair with the same key. An empty list or ' +
    'null gives nothing; anything else is bad.',
  examples: [{ program: 'map(["k", _]) | flatMapValues(_.split(" "))', in: 'a b\nc', out: 'k\ta\nk\tb\nk\tc' }],
  parameters: { f: lambda('the list of what a value becomes', (input) => [valueType(input)]) },
  needs: 'pairs',
  instead: '`flatMap`, or `map([_, 1])` before it',
  gives: (input, _args, results) => pairOf(keyType(input), itemType(results.f!)),
  behaviour: {
    kind: 'record',
    create:
      ({ f: { call } }) =>
      (record, emit) => {
        const [key, value] = pair(record);
        for (const item of listFrom('flatMapValues', call(value))) emit([key, item]);
      },
  },
});
