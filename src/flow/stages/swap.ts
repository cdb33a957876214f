import { keyType, pairOf, valueType } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { pair } from '../groups/groupings.ts';

export const swap = defineStage({
  name: 'swap',
  group: 'record',
  summary: 'Each pair with key and value exchanged',
  docs: 'One pair a pair, in the same order. It makes a value the key, to group or sort by it.',
  examples: [{ program: 'countByValue | swap', in: 'a\nb\na', out: '2\ta\n1\tb' }],
  parameters: {},
  needs: 'pairs',
  instead: '`map([_[1], _[0]])` for longer lists',
  gives: (input) => pairOf(valueType(input), keyType(input)),
  givesEach: true,
  behaviour: {
    kind: 'record',
    create: () => (record, emit) => {
      const [key, value] = pair(record);
      emit([value, key]);
    },
  },
});
