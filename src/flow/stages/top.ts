import { compare } from '../../base/compare.ts';
import { isPair, type Value } from '../../base/value.ts';
import type { Grouping } from '../define/grouping.ts';
import { flag, lambda, whole } from '../define/parameters.ts';
import { defineStage } from '../define/stage.ts';
import { firstOf, firstWithTies } from '../groups/largest.ts';

/** A record and what it is ranked by, worked out once. */
interface Entry {
  readonly by: Value;
  readonly record: Value;
}

/** Largest first; ties by key, or record, ascending. */
function rank(a: Entry, b: Entry): number {
  const byValue = compare(b.by, a.by);
  if (byValue !== 0) return byValue;
  return compare(tieOf(a.record), tieOf(b.record));
}

function isLevel(a: Entry, b: Entry): boolean {
  return compare(a.by, b.by) === 0;
}

function tieOf(record: Value): Value {
  return isPair(record) ? record[0] : record;
}

interface Ranking<S> {
  zero(): S;
  put(state: S, entry: Entry): S;
  merge(into: S, from: S): S;
  first(state: S): readonly Entry[];
}

/** @param grows whether there is no telling how many records it keeps. */
function giving<S>(ranking: Ranking<S>, decides: (record: Value) => Value, grows: boolean): Grouping<S> {
  return {
    aggregate: {
      grows,
      zero: ranking.zero,
      add: (state, record) => ranking.put(state, { by: decides(record), record }),
      merge: ranking.merge,
      result: (state) => ranking.first(state).map(({ record }) => record),
    },
    emit(_key, state, _span, out) {
      for (const { record } of ranking.first(state)) out(record);
    },
  };
}

export const top = defineStage({
  name: 'top',
  group: 'batch',
  summary: 'The n largest records, largest first',
  docs: 'By the value of a pair, or by the record itself where it is none, or by what `by` gives, in the order of `sort`. Ties come by key (or record) ascending. It keeps about 2 n records. With `ties: true` all come that are level with the last of the n, as `RANK() <= n` of SQL gives them, so that `top(1, .n, ties: true)` is every record with the largest `n`; it keeps all of these, in windows within `--state-max`.',
  examples: [
    { program: 'words | countByValue | top(2)', in: 'c b b a', out: 'b\t2\na\t1' },
    { program: 'json | top(1, .ms)', in: '{"ms":3}\n{"ms":20}', out: '{"ms":20}' },
    { program: 'words | countByValue | top(1, ties: true)', in: 'c b b a a', out: 'a\t2\nb\t2' },
  ],
  parameters: {
    n: whole('how many', { least: 1 }),
    by: lambda('what decides').optional(),
    ties: flag('whether those come as well that are level with the last of them'),
  },
  needs: 'anything',
  gives: (input) => input,
  picks: true,
  behaviour: {
    kind: 'group',
    create({ n, by, ties }): Grouping {
      const decides = by?.call ?? ((record: Value) => (isPair(record) ? record[1] : record));
      const grouping = ties
        ? giving(firstWithTies(n, rank, isLevel), decides, true)
        : giving(firstOf(n, rank), decides, false);
      return grouping as Grouping;
    },
  },
});
