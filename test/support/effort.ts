/** How much is tried: little in `npm test`, which is run again and again, and as much as is of use in `npm run test:all`. */
import { availableParallelism, loadavg } from 'node:os';
import fc from 'fast-check';
import { expect } from 'vitest';

/** Whether `npm run test:all` is at work. */
export const isLong = process.env.LEAT_LONG === '1';

/** Whether `npm run test:crash` is at work: runs are ended wherever they can be, which takes more than an hour. */
export const isEveryCrash = process.env.LEAT_CRASH === '1';

/** Which share of that is at work, of how many (`LEAT_CRASH_PART=3/8`): all of it unless one is asked for. See test/crash/all.mjs. */
const [, part = 1, parts = 1] = /^(\d+)\/(\d+)$/.exec(process.env.LEAT_CRASH_PART ?? '')?.map(Number) ?? [];

/** Whether the trial of a number belongs to it: each does to one. */
export const isOfPart = (number: number): boolean => number % parts === part - 1;

/** How often something is tried. */
export const tries = (few: number, many: number): number => (isLong ? many : few);

/** The seeds with which the run of a number is ended. */
export function crashSeeds(number: number): readonly number[] {
  const { LEAT_SEED } = process.env;
  if (LEAT_SEED !== undefined) return [Number(LEAT_SEED)];
  const all = Array.from({ length: isEveryCrash ? 20 : tries(1, 2) }, (_, i) => i + 1);
  return all.filter((seed) => isOfPart(number + seed));
}

/** More than how often something has to have come up: that it did at all is enough where little is tried. */
export const enough = (many: number): number => (isLong ? many : 0);

/** The first few of all, which are the ones that tell most, or all of them. */
export const few = <T>(count: number, all: readonly T[]): readonly T[] => (isLong ? all : all.slice(0, count));

/**
 * How long one property may be tried, ms of the processor: its runs are so many at most, and as many on a machine that is busy with other things. A submission, for which
 * `LEAT_TRIALS` is set, tries as much as is of use in its quarter of an hour.
 */
const BUDGET = isLong ? 20_000 : process.env.LEAT_TRIALS === undefined ? 300 : 1200;

/**
 * How long in all, ms for each ms of the processor, where others do the work: processes, timers, a disk. There all takes about so many times as
 * long as on an idle machine.
 */
const inAll = () => 2 * Math.max(1, loadavg()[0]! / availableParallelism());

const TIME = Symbol('time');

/**
 * Ends a property whose time is over as passed. Its first run is never ended: what fast-check has for this counts a property as failed that has
 * not been tried by then, as where the machine stood still for a second.
 */
const withinBudget: fc.Plugin<unknown> = (_, settings) => {
  const start = Date.now();
  const before = process.cpuUsage();
  const longest = inAll();
  let runs = 0;
  return {
    decorateRun: (run) => (value) => {
      const most = settings.get<number>(TIME) ?? BUDGET;
      const { user, system } = process.cpuUsage(before);
      const isOver = (user + system) / 1000 >= most || Date.now() - start >= longest * most;
      return runs++ > 0 && isOver ? new fc.PreconditionFailure(true) : run(value);
    },
  };
};

/** Gives a property another time, ms of the processor. */
export function within(time: number): fc.Plugin<unknown> {
  return (_, settings) => {
    settings.set(TIME, time);
    return {};
  };
}

/**
 * What runs one counterexample again, or with a seed alone all that it gives; and the seed of all that is random where others do not look
 * for new faults, but judge a change: the same trials then, whoever runs them.
 */
const { LEAT_SEED, LEAT_PATH, LEAT_TRIALS } = process.env;
const chosen = LEAT_SEED ?? LEAT_TRIALS;

/** The seed of a test that has no property: another one in each process, unless one was asked for. */
export const seedOfTest = Number(chosen ?? process.pid);

/** Whether one counterexample is run again, and nothing else is tried. */
export const isAgain = LEAT_PATH !== undefined;

/** As fast-check tells of a property that fails, and with the command that runs it again: a random test is of use only where it can be. */
function tellHowAgain<T>(details: fc.RunDetails<T>): void {
  const message = fc.defaultReportMessage(details);
  if (message === undefined) return;
  const { testPath = '', currentTestName = '' } = expect.getState();
  const file = testPath.slice(testPath.lastIndexOf('/test/') + 1);
  const name = currentTestName
    .split(' > ')
    .at(-1)!
    .replaceAll(/[^\w ,:-]/g, '.');
  const path = details.counterexamplePath === null ? '' : ` LEAT_PATH=${details.counterexamplePath}`;
  const again = `LEAT_SEED=${details.seed}${path}${isLong ? ' LEAT_LONG=1' : ''} npx vitest run ${file} -t '${name}'`;
  throw new Error(`${message}\n\nagain: ${again}`, { cause: details.errorInstance });
}

fc.configureGlobal({
  markInterruptAsFailure: false,
  ...(chosen === undefined ? {} : { seed: Number(chosen) }),
  ...(!isAgain ? {} : { path: LEAT_PATH, endOnFailure: true }),
  reporter: tellHowAgain,
});

// Once for all files of a worker, as each one that is installed is asked.
const worker = globalThis as { keepsBudget?: true };
if (worker.keepsBudget !== true) fc.installGlobalPlugin(withinBudget);
worker.keepsBudget = true;
