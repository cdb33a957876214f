import { keyType, NUMBER, pairOf } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { countingBy, keyOfPair } from '../groups/groupings.ts';

export const countByKey = defineStage({
  name: 'countByKey',
  group: 'batch',
  summary: 'How many pairs there are for each key',
  docs: 'One pair `[key, how many]` for each key of the batch, in the order first seen. The values do not matter.',
  examples: [{ program: 'words | map([_.length, _]) | countByKey', in: 'to be or not', out: '2\t3\n3\t1' }],
  parameters: {},
  needs: 'pairs',
  instead: '`countByValue`, or `countBy(f)`',
  gives: (input) => pairOf(keyType(input), NUMBER),
  behaviour: { kind: 'group', create: () => countingBy(keyOfPair) },
});
