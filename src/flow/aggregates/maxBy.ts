import { defineAggregate } from '../define/aggregate.ts';
import { lambda } from '../define/parameters.ts';
import { extremeBy } from '../groups/extreme.ts';

export const maxBy = defineAggregate({
  name: 'maxBy',
  summary: 'The value of the record for which another function gives the largest',
  synonyms: ['max_by', 'argMax'],
  docs: '`maxBy(.path, .ms)` is the path of the record with the largest `ms`, in the order of `sort`, of the first such record where there are several; `maxBy(_, .ms)` is the record itself. Records for which `by` gives null are passed over; null where there are no others.',
  examples: [
    {
      program: 'json | aggregate({path: maxBy(.path, .ms)})',
      in: '{"path":"/a","ms":3}\n{"path":"/b","ms":20}\n{"path":"/c"}',
      out: '{"path":"/b"}',
    },
  ],
  parameters: { f: lambda('the value of a record'), by: lambda('what decides') },
  gives: (_args, results) => results.f!,
  create: ({ f, by }) => extremeBy(f, by, -1),
});
