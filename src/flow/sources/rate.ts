import { NUMBER, TIME, wholeObject } from '../../base/type.ts';
import type { Value } from '../../base/value.ts';
import type { SourceContext } from '../define/context.ts';
import { number } from '../define/parameters.ts';
import type { Position } from '../define/position.ts';
import { defineSource } from '../define/source.ts';
import { orAbort, sleep } from '../input/reading.ts';

/** ms between two deliveries, at least. */
const STEP = 10;

/** The most records of one delivery, after a pause of the machine too. */
const MOST = 10_000;

/** When it began, ms, and which record is the next. */
type Generated = { readonly start: number; readonly next: number };

/**
 * Record i belongs to start + i / rate; it is given out once that has passed. The number due is worked out from the time since
 * the start, so that no error adds up and a slow run catches up; so does one that goes on from an earlier one's position.
 */
async function generate(rate: number, context: SourceContext, from: Position | undefined): Promise<void> {
  const { clock, signal } = context;
  const [split] = from ?? [];
  const begun = split?.at as Generated | undefined;
  const origin = context.origin('rate', undefined, split);
  const start = begun?.start ?? clock.now();
  let next = begun?.next ?? 0;
  while (!signal.aborted) {
    const made = generated(rate, { start, next }, clock.now(), MOST);
    if (made.values.length > 0) {
      next = made.behind.at.next;
      await orAbort(context.deliver({ kind: 'values', origin, ...made }), signal);
    }
    const due = timeOf(next, rate, start);
    // A ms further, since a record is due only when its time has passed.
    await sleep(due < clock.now() ? 0 : Math.max(STEP, Math.floor(due) + 1 - clock.now()), context);
  }
}

/** When a record is due, ms. */
function timeOf(value: number, rate: number, start: number): number {
  return start + (value * 1000) / rate;
}

/** The records that are due at a time (ms), `most` of them at most. */
function generated(rate: number, { start, next }: Generated, now: number, most = Number.POSITIVE_INFINITY) {
  const due = Math.max(next, Math.min(Math.ceil(((now - start) * rate) / 1000), next + most));
  const values: Value[] = [];
  for (let value = next; value < due; value++) {
    values.push({ time: Math.floor(timeOf(value, rate, start)), value });
  }
  return { values, behind: { key: 'rate', at: { start, next: due } satisfies Generated } };
}

export const rate = defineSource({
  name: 'rate',
  summary: 'So many records a second, by the clock: `{time, value}`',
  docs:
    '`value` counts from 0; `time` is in ms since the epoch, spread evenly. In the long run it is exact: what a slow program or a busy ' +
    'machine holds up comes later, and nothing is left out. It never ends by itself: use `--for` or `--batches`.',
  examples: [
    {
      program: 'rate(100) | aggregate({n: count(), last: max(.value)})',
      notRun: 'it never ends',
      out: '{"n":100,"last":99}',
    },
  ],
  parameters: { rate: number('records per second', { least: 0.001, most: 10_000_000 }) },
  gives: () => wholeObject({ time: TIME, value: NUMBER }),
  behaviour: () => ({
    kind: 'live',
    replayable: true,
    dealt: ({ rate }) => ({
      kind: 'records',
      until: (time, begun) => generated(rate, (begun?.at as Generated | undefined) ?? { start: time, next: 0 }, time),
    }),
    open: ({ rate }, context, from) => ({ run: () => generate(rate, context, from) }),
  }),
});
