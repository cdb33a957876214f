/** How much is tried: little in `npm test`, which is run again and again, and as much as is of use in `npm run test:all`. */
import { availableParallelism, loadavg } from 'node:os';
import fc from 'fast-check';

/** Whether `npm run test:all` is at work. */
export const isLong = process.env.LEAT_LONG === '1';

/** How often something is tried. */
export const tries = (few: number, many: number): number => (isLong ? many : few);

/** More than how often something has to have come up: that it did at all is enough where little is tried. */
export const enough = (many: number): number => (isLong ? many : 0);

/** The first few of all, which are the ones that tell most, or all of them. */
export const few = <T>(count: number, all: readonly T[]): readonly T[] => (isLong ? all : all.slice(0, count));

/** How many times as long as on an idle machine everything takes, about. */
const load = Math.max(1, loadavg()[0]! / availableParallelism());

/**
 * How long one property may be tried, ms: its runs are so many at most, and fewer on a machine that is busy with other things. One whose
 * first run is not over by then counts as failed, so it has more time where all is slower.
 */
const BUDGET = (isLong ? 20_000 : 800) * load;

fc.configureGlobal({ interruptAfterTimeLimit: BUDGET, markInterruptAsFailure: false });
