import { END, isWhole, objectOf, TIME, type Type, wholeObject } from '../../base/type.ts';
import { isFields, type Value } from '../../base/value.ts';
import type { Span } from '../define/span.ts';
import { defineStage } from '../define/stage.ts';
import { passingOn } from '../define/step.ts';
import { Partitions, pushPartitions } from '../records/partitions.ts';

/** An object with `start` and `end` set; anything else becomes the `value` of one. */
function stamped(record: Value, { start, end }: Span): Value {
  return isFields(record) ? { ...record, start, end } : { start, end, value: record };
}

function stampedType(input: Type): Type {
  const bounds = { start: TIME, end: END };
  if (input.kind === 'unknown') return objectOf(bounds);
  if (input.kind !== 'object') return wholeObject({ ...bounds, value: input });
  const fields = [...input.fields, ...Object.entries(bounds)];
  return isWhole(input) ? wholeObject(fields) : objectOf(fields);
}

export const stamp = defineStage({
  name: 'stamp',
  group: 'record',
  summary: 'Each record with the start and end of its batch or window',
  docs:
    'Puts `start` and `end` (ms since the epoch; since 0 where the clock is virtual) behind the fields of an object, or in the place of fields ' +
    'that have these names. Anything else, a pair too, becomes `{start, end, value}`. Records are held until the end of the batch.',
  examples: [
    {
      program: 'queue(["a"], ["b"]) | stamp',
      out: '{"start":0,"end":1000,"value":"a"}\n{"start":1000,"end":2000,"value":"b"}',
    },
    { program: 'queue([{n: 1}]) | stamp', out: '{"n":1,"start":0,"end":1000}' },
  ],
  parameters: {},
  needs: 'anything',
  gives: stampedType,
  behaviour: {
    kind: 'step',
    exchange: () => 'none',
    create: (_args, _run, down) => {
      const partitions = new Partitions();
      return passingOn(down, {
        push: (record) => partitions.push(record),
        partition: () => partitions.border(),
        close(span) {
          pushPartitions(
            partitions.take().map((partition) => partition.map((record) => stamped(record, span))),
            down,
          );
          down.close(span);
        },
        ...partitions.memory,
      });
    },
  },
});
