import { common, UNKNOWN } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { Pairing, type Pairs } from '../batch/pairing.ts';
import { defineStage } from '../define.ts';
import { otherStream } from '../parameters.ts';

const pairs: Pairs<Value[]> = {
  stage: 'union',
  gather: () => [],
  add: (into, record) => void into.push(record),
  emit(left, right, out) {
    for (const record of left) out(record);
    for (const record of right) out(record);
  },
  passesLeft: true,
};

export const union = defineStage({
  name: 'union',
  group: 'streams',
  summary: 'The records of this stream, then those of the other, batch by batch',
  docs:
    'Puts the two batches of the same time together: first the records of this stream, then those of the other. Event-time windows are put together by equal start and end when ' +
    'both have closed. The other batch is held in memory until this one is whole, within `--state-max`; several files of one kind are better read as one source.',
  examples: [{ program: 'queue([1, 2], [3]) | union(queue([10], [20]))', out: '1\n2\n10\n3\n20' }],
  parameters: { other: otherStream('the other stream') },
  needs: 'anything',
  gives: (input, _args, results) => common(input, results.other ?? UNKNOWN),
  behaviour: { kind: 'streams', create: (_args, run, down, meeting) => new Pairing(pairs, run, down, meeting) },
  spark: { template: '$input.union($other)' },
});
