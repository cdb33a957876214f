import { whole } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { passingOn } from '../define/step.ts';
import { Partitions, pushPartitions } from '../records/partitions.ts';

export const repartition = defineStage({
  name: 'repartition',
  group: 'record',
  summary: 'The same records, the batch cut into exactly n partitions',
  docs:
    'Cuts the batch into n runs in order, as equal in length as can be; some are empty where there are fewer records than n. It shows only ' +
    'in `glom` and `mapPartitions` behind it. The records of a batch are held until its end.',
  examples: [
    { program: 'repartition(2) | glom', in: 'a\nb\nc\nd\ne\nf', out: '["a","b","c"]\n["d","e","f"]' },
    { program: 'repartition(2)', in: 'a\nb\nc', out: 'a\nb\nc' },
  ],
  parameters: { n: whole('the number of partitions', { least: 1, most: 1_000_000 }) },
  needs: 'anything',
  gives: (input) => input,
  behaviour: {
    kind: 'step',
    exchange: () => 'whole',
    create: ({ n }, _run, down) => {
      const partitions = new Partitions();
      return passingOn(down, {
        push: (record) => partitions.push(record),
        // Borders from before mean nothing any more.
        partition: () => {},
        close(span) {
          const records = partitions.take().flat(1);
          const border = (index: number) => Math.floor((index * records.length) / n);
          const runs = Array.from({ length: n }, (_, index) => records.slice(border(index), border(index + 1)));
          pushPartitions(runs, down);
          down.close(span);
        },
        ...partitions.memory,
      });
    },
  },
});
