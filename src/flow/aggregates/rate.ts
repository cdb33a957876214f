import { NUMBER } from '../../base/type.ts';
import { defineAggregate } from '../define/aggregate.ts';
import { readingNothing } from '../groups/reading.ts';

export const rate = defineAggregate({
  name: 'rate',
  summary: 'How many records there are per second of the batch or window',
  synonyms: ['throughput'],
  docs: 'The number of records divided by the length of the batch or window in seconds. Of a session, its `end` less its `start`.',
  examples: [
    {
      program: 'queue([1, 2, 3], [4]) | aggregate({perSecond: rate()})',
      out: '{"perSecond":3}\n{"perSecond":1}',
    },
  ],
  parameters: {},
  gives: () => NUMBER,
  create: () =>
    readingNothing({
      zero: () => 0,
      put: (state) => state + 1,
      faster: { putMany: (state, _numbers, count) => state + count },
      merge: (into, from) => into + from,
      subtract: (state, oldest) => state - oldest,
      usesSpan: true,
      result: (state, span) => (span.end > span.start ? state / ((span.end - span.start) / 1000) : null),
    }),
});
