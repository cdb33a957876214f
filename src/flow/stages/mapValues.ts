import { keyType, pairOf, valueType } from '../../base/type.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { pair } from '../groups/groupings.ts';

export const mapValues = defineStage({
  name: 'mapValues',
  group: 'record',
  summary: 'Each pair with its value changed by the function',
  docs: 'The function is given the value alone; the key stays.',
  examples: [{ program: 'countByValue | mapValues(_ * 10)', in: 'a\nb\na', out: 'a\t20\nb\t10' }],
  parameters: { f: lambda('what a value becomes', (input) => [valueType(input)]) },
  needs: 'pairs',
  instead: '`map`, or `map([_, 1])` before it',
  gives: (input, _args, results) => pairOf(keyType(input), results.f!),
  givesEach: true,
  behaviour: {
    kind: 'record',
    create:
      ({ f: { call } }) =>
      (record, emit) => {
        const [key, value] = pair(record);
        emit([key, call(value)]);
      },
  },
});
