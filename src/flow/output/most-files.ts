import { whole } from '../define/parameters.ts';

/** How many files `by:` may make. */
export const mostFiles = whole('how many different files there may be, of the run or of a batch, with `by:`', {
  named: true,
  least: 1,
  with: 'by',
}).or(10_000);
