import { addToSum, emptySum, roundSum } from '../../base/exact-sum.ts';
import { NUMBER } from '../../base/type.ts';
import { isNumber } from '../../base/value.ts';
import { defineAnalytic } from '../define/analytic.ts';
import { result } from '../define/parameters.ts';

export const share = defineAnalytic({
  name: 'share',
  summary: 'Which part of all records of the batch or window a group has, from 0 to 1',
  synonyms: ['percent', 'percentage', 'ratio', 'ratio_to_report'],
  docs: '`share()` is of the number of records, `share(sum(.bytes))` of another result: each group has its own divided by the sum of those of all groups that come out together. Null where that is 0, or where a result is no number. `top` and `filter` stand behind it, so that all groups count.',
  examples: [
    {
      program: 'words | groupBy(_, {n: count(), part: share()})',
      in: 'a b a a',
      out: '{"key":"a","n":3,"part":0.75}\n{"key":"b","n":1,"part":0.25}',
    },
    {
      program: 'json | groupBy(.host, {part: share(sum(.bytes))})',
      in: '{"host":"a","bytes":30}\n{"host":"b","bytes":70}',
      out: '{"host":"a","part":0.3}\n{"host":"b","part":0.7}',
    },
  ],
  parameters: { value: result('what to take the part of').optional() },
  fallback: 'count',
  among: 'groups',
  gives: () => NUMBER,
  create: () => ({
    of(values) {
      let sum = emptySum();
      const numbers = values.map((value) => (isNumber(value) && Number.isFinite(Number(value)) ? Number(value) : null));
      for (const number of numbers) if (number !== null) sum = addToSum(sum, number);
      const all = Number(roundSum(sum));
      return numbers.map((number) => (number === null || all === 0 ? null : number / all));
    },
    snapshot: () => null,
    restore() {},
  }),
});
