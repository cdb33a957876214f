import { stageBehind } from '../analytics/stage-behind.ts';
import type { Grouping } from '../define/grouping.ts';
import { aggregates } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { columnGrouping, columnTypes } from '../groups/composite.ts';

export const aggregate = defineStage({
  name: 'aggregate',
  group: 'batch',
  summary: 'One object of aggregates over all records',
  docs: 'One object a batch, also for an empty one: `count`, `sum`, `distinct` and `rate` are then 0, `list`, `set` and `top` empty, the rest null. Besides aggregates there may be expressions over them, and over columns before.',
  examples: [
    {
      program: 'json | aggregate({n: count(), mean: avg(.ms)})',
      in: '{"ms":10}\n{"ms":20}',
      out: '{"n":2,"mean":15}',
    },
    {
      program: 'json | aggregate({rate: round(count(.ms > 10) / count(), 2)})',
      in: '{"ms":10}\n{"ms":20}\n{"ms":30}',
      out: '{"rate":0.67}',
    },
  ],
  parameters: { columns: aggregates('what to work out', { compares: true }) },
  needs: 'anything',
  gives: (_input, { columns }) => columnTypes(undefined, columns),
  faster: { uses: 'read' },
  refits: ({ columns }) => columns,
  behaviour: { kind: 'group', create: ({ columns }) => columnGrouping(undefined, columns) as Grouping },
  behind: ({ columns }) => stageBehind(undefined, columns),
});
