import { stageBehind } from '../analytics/stage-behind.ts';
import type { Grouping } from '../define/grouping.ts';
import { aggregates, keys } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { columnGrouping, columnTypes } from '../groups/composite.ts';

export const groupBy = defineStage({
  name: 'groupBy',
  group: 'batch',
  summary: 'One object for each group of records, with aggregates',
  synonyms: ['group by', 'SQL'],
  docs: 'The columns of the key come first: named after the field for `.service` and `.request.service`, by their own names for `{a: .a, b: .b}`, else `key`; several of them are one key. Then come the aggregates, and what is worked out of them: `{rate: sum(.errors) / count()}`. Such an expression may name columns before it. Groups come in the order first seen; an empty batch has none.',
  examples: [
    {
      program: 'json | groupBy(.service, {n: count(), slowest: max(.ms)})',
      in: '{"service":"api","ms":12}\n{"service":"web","ms":5}\n{"service":"api","ms":30}',
      out: '{"service":"api","n":2,"slowest":30}\n{"service":"web","n":1,"slowest":5}',
    },
    {
      program: 'words | groupBy({first: _[0], size: len(_)}, {n: count()})',
      in: 'to be two',
      out: '{"first":"t","size":2,"n":1}\n{"first":"b","size":2,"n":1}\n{"first":"t","size":3,"n":1}',
    },
    {
      program: 'json | groupBy(.service, .path, {n: count(), errors: count(.status >= 500), rate: errors / n})',
      in: '{"service":"api","path":"/a","status":200}\n{"service":"api","path":"/a","status":503}',
      out: '{"service":"api","path":"/a","n":2,"errors":1,"rate":0.5}',
    },
  ],
  parameters: {
    key: keys('what to group by'),
    columns: aggregates('what to work out for each group', { compares: true }),
  },
  needs: 'anything',
  gives: (_input, { key, columns }) => columnTypes(key, columns),
  faster: { uses: 'read' },
  behaviour: { kind: 'group', create: ({ key, columns }) => columnGrouping(key, columns) as Grouping },
  refits: ({ columns }) => columns,
  behind: ({ key, columns }) => stageBehind(key, columns),
});
