/**
 * Random histories of a log and of those who follow it: it is written, renamed, copied and truncated, and packed later, while it is followed and while it is
 * not, and whoever follows it goes on behind any chunk of the one before. Each line comes once, or its loss is told.
 */
import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { Position } from '../../src/flow/define/position.ts';
import { SteppingClock } from '../../src/run/trials/stepping-clock.ts';
import { tries } from '../support/effort.ts';
import { begunCuts, follow, positionOf, RotatingLog } from '../support/rotating-log.ts';
import { temporaryDirectory } from '../support/source.ts';

const EVENTS = {
  written: (log: RotatingLog) => log.append(3),
  renamed(log: RotatingLog) {
    log.append(2);
    log.rename();
    log.append(2);
  },
  copied(log: RotatingLog) {
    log.append(2);
    log.copyAndTruncate();
    log.append(2);
  },
  packed: (log: RotatingLog) => log.pack(1),
  'packed later': (log: RotatingLog) => log.pack(2),
};

type Event = keyof typeof EVENTS;

/** One who follows the log for a while. */
interface Life {
  /** What happens meanwhile. */
  readonly followed: readonly Event[];
  /** It happens all at once, rather than each once all before it was read. */
  readonly isHasty: boolean;
  /** Behind which of its chunks the next one goes on: behind the last one where there are fewer. */
  readonly cut: number;
  /** What happens until then. */
  readonly alone: readonly Event[];
}

const historyOf = (...events: readonly Event[]) => {
  const some = fc.array(fc.constantFrom(...events), { maxLength: 3 });
  return fc.array(fc.record({ followed: some, isHasty: fc.boolean(), cut: fc.nat({ max: 12 }), alone: some }), {
    minLength: 1,
    maxLength: 5,
  });
};

/** Takes all that is left. */
const LAST: Life = { followed: [], isHasty: false, cut: Number.POSITIVE_INFINITY, alone: [] };

/** A file that is not at its path any more is left by then, ms. */
const LONG = 8000;

/** What those who followed have got, each what is behind its start and before the next one's; and all they were told. */
async function lived(history: readonly Life[]) {
  const directory = temporaryDirectory();
  const log = new RotatingLog(directory.at('app.log'));
  const clock = new SteppingClock();
  const seen: unknown[] = [];
  const notes: string[] = [];
  let from: Position | undefined;
  try {
    for (const { followed, isHasty, cut, alone } of [...history, LAST]) {
      const { run, stop } = await follow(log.path, clock, from);
      const allRead = async () => {
        const end = clock.now() + LONG;
        await clock.passUntil(() => seen.length + run.records.length >= log.written.length || clock.now() > end);
      };
      log.append(2);
      for (const event of followed) {
        if (!isHasty) await allRead();
        EVENTS[event](log);
      }
      await allRead();
      // What comes twice would come by then.
      await clock.pass(1500);
      const cuts = begunCuts(run);
      const place = cuts[Math.min(cut, cuts.length - 1)]!;
      seen.push(...run.records.slice(0, place.count));
      from = positionOf(place);
      notes.push(...run.notes);
      await stop();
      for (const event of alone) EVENTS[event](log);
    }
  } finally {
    log.close();
    directory.remove();
  }
  return { seen, notes, log };
}

/** How many stretches of lines there are of which none has come. */
function gaps(written: readonly string[], seen: ReadonlySet<unknown>): number {
  return written.filter((line, i) => !seen.has(line) && (i === 0 || seen.has(written[i - 1]))).length;
}

async function holds(history: readonly Life[], isInOrder: boolean): Promise<void> {
  const { seen, notes, log } = await lived(history);
  const { written, generations } = log;
  const all = new Set(seen);
  expect(seen.filter((line, i) => seen.indexOf(line) !== i)).toEqual([]);
  expect(seen.filter((line) => !written.includes(line as string))).toEqual([]);
  const told = notes.filter((note) => /\blost\b/.test(note));
  expect({ gaps: gaps(written, all), told }).toSatisfy(() => gaps(written, all) <= told.length);
  if (isInOrder) expect(seen).toEqual(written);
  // What was written to one file comes in order.
  const places = seen.map((line) => written.indexOf(line as string));
  for (const generation of new Set(generations)) {
    const its = places.filter((place) => generations[place] === generation);
    expect(its).toEqual([...its].sort((a, b) => a - b));
  }
}

it.each<readonly [string, readonly Event[], boolean]>([
  ['renamed', ['written', 'renamed'], true],
  ['renamed, and packed later', ['written', 'renamed', 'packed later'], true],
  ['renamed, and packed', ['written', 'renamed', 'packed', 'packed later'], true],
  ['copied and truncated', ['written', 'copied'], true],
  ['copied and truncated, and packed later', ['written', 'copied', 'packed later'], false],
  ['renamed, or copied and truncated, and packed', ['written', 'renamed', 'copied', 'packed', 'packed later'], false],
])('a log that is %s', async (_how, events, isInOrder) => {
  const property = fc.asyncProperty(historyOf(...events), (history) => holds(history, isInOrder));
  await fc.assert(property, { numRuns: tries(20, 400) });
});
