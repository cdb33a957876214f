import { itemType, listOf } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import { lambda } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { passingOn } from '../define/step.ts';
import { listFrom } from '../records/list-from.ts';
import { Partitions, pushPartitions } from '../records/partitions.ts';
import { reportBad } from '../records/report-bad.ts';

export const mapPartitions = defineStage({
  name: 'mapPartitions',
  group: 'record',
  summary: 'All records of a partition at once, as a list, become those of another list',
  docs:
    'The function is given the list of a partition and must give a list; null gives nothing, anything else is bad. A batch is one partition, ' +
    'also an empty one, unless `repartition(n)` stands before it. The records of a batch are held until its end.',
  examples: [
    { program: 'mapPartitions(records => [records.length])', in: 'a\nb\nc', out: '3' },
    { program: 'repartition(2) | mapPartitions(records => [records.join("+")])', in: 'a\nb\nc', out: 'a\nb+c' },
  ],
  parameters: { f: lambda('the list of what the list of a partition becomes', (input) => [listOf(input)]) },
  needs: 'anything',
  gives: (_input, _args, results) => itemType(results.f!),
  behaviour: {
    kind: 'step',
    exchange: () => 'whole',
    create: ({ f: { call } }, run, down) => {
      const partitions = new Partitions();
      const become = (partition: readonly Value[]): readonly Value[] => {
        try {
          return listFrom('mapPartitions', call(partition));
        } catch (problem) {
          reportBad(run, problem, partition);
          return [];
        }
      };
      return passingOn(down, {
        push: (record) => partitions.push(record),
        partition: () => partitions.border(),
        close(span) {
          pushPartitions(partitions.take().map(become), down);
          down.close(span);
        },
        ...partitions.memory,
      });
    },
  },
});
