import { listOf } from '../../base/type.ts';
import { defineStage } from '../define/stage.ts';
import { passingOn } from '../define/step.ts';
import { Partitions } from '../records/partitions.ts';

export const glom = defineStage({
  name: 'glom',
  group: 'record',
  summary: 'One list for each partition',
  docs:
    'A batch is one partition, so this makes one list of its records (an empty one of an empty batch), unless `repartition(n)` stands before ' +
    'it, which makes n. A list of two is a pair like any other. The records of a batch are held until its end.',
  examples: [
    { program: 'glom', in: 'a\nb\nc', out: '["a","b","c"]' },
    { program: 'repartition(2) | glom', in: 'a\nb\nc\nd\ne\nf', out: '["a","b","c"]\n["d","e","f"]' },
  ],
  parameters: {},
  needs: 'anything',
  gives: (input) => listOf(input),
  behaviour: {
    kind: 'step',
    exchange: () => 'whole',
    create: (_args, _run, down) => {
      const partitions = new Partitions();
      return passingOn(down, {
        push: (record) => partitions.push(record),
        partition: () => partitions.border(),
        close(span) {
          partitions.take().forEach((partition, index) => {
            if (index > 0) down.partition?.();
            down.push(partition);
          });
          down.close(span);
        },
        ...partitions.memory,
      });
    },
  },
});
