import { PastResults } from '../analytics/past-results.ts';
import { defineAnalytic } from '../define/analytic.ts';
import { duration, result } from '../define/parameters.ts';

export const lag = defineAnalytic({
  name: 'lag',
  summary: 'What the same key had in the batch or window so long ago',
  synonyms: ['previous', 'compare', 'hour ago', 'yesterday', 'LAG'],
  docs: '`n - lag(n, 1h)` is how much more there is than an hour ago: in the batch or window that ended an hour before this one. It is null where there was none, or none with the key; `coalesce(lag(n, 1h), 0)` makes that 0. The time is a multiple of the batch interval, or of the slide of the window. It keeps the results of all keys for so long. Not for `session`, nor for windows that come out more than once.',
  examples: [
    {
      program: 'queue(["a"], ["a", "a"], ["b"]) | groupBy(_, {n: count(), more: n - lag(n, 1s)})',
      out: '{"key":"a","n":1,"more":null}\n{"key":"a","n":2,"more":1}\n{"key":"b","n":1,"more":null}',
    },
  ],
  parameters: { value: result('what to look back at'), back: duration('how long ago') },
  among: 'past',
  back: ({ back }) => back,
  gives: (_args, results) => results.value!,
  create: ({ back }, run) => new PastResults(back, run),
});
