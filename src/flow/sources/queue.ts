import { entriesOf } from '../../base/fields.ts';
import {
  BOOLEAN,
  common,
  listOf,
  NULL,
  NUMBER,
  objectOf,
  pairOf,
  STRING,
  type Type,
  UNKNOWN,
} from '../../base/type.ts';
import { isFields, isList, type Value } from '../../base/value.ts';
import { list } from '../define/parameters.ts';
import { defineSource } from '../define/source.ts';

function typeOf(value: Value): Type {
  if (value === null) return NULL;
  if (isList(value)) {
    return value.length === 2 ? pairOf(typeOf(value[0]!), typeOf(value[1]!)) : listOf(typeOfAll(value));
  }
  if (isFields(value)) {
    return objectOf(entriesOf(value).map(([name, inner]) => [name, typeOf(inner)]));
  }
  if (typeof value === 'string') return STRING;
  return typeof value === 'boolean' ? BOOLEAN : NUMBER;
}

function typeOfAll(values: readonly Value[]): Type {
  return values.length === 0 ? UNKNOWN : values.map(typeOf).reduce(common);
}

export const queue = defineSource({
  name: 'queue',
  summary: 'Lists of records, one list a batch',
  docs:
    'To try a program out, and to test it: where all sources are queues, time is virtual, batch k is at k intervals from 0, and ' +
    'nothing waits. The run ends with the last list; with `--batches` empty batches follow it.',
  examples: [
    { program: 'queue([1, 2], [3]) | count', out: '2\n1' },
    { program: 'queue(["a", "b", "a"], []) | countByValue', out: 'a\t2\nb\t1' },
    { program: 'queue([["a", 1]], [["a", 2]]) | reduceByKey(_ + _) | window(2s)', out: 'a\t1\na\t3' },
  ],
  parameters: { lists: list('the records of a batch').many() },
  gives: ({ lists }) => typeOfAll(lists.flat()),
  behaviour: () => ({
    kind: 'batches',
    replayable: true,
    open({ lists }, from) {
      const taken = Number(from?.[0]?.at ?? 0);
      return (index) => {
        const values = lists[taken + index];
        return values && { values, behind: { key: 'lists', at: taken + index + 1 } };
      };
    },
  }),
});
