/**
 * What a live run came to, held to what docs/semantics.md promises of batches: the same program over lists never waits and never meets a clock,
 * so it says what the batches are.
 */
import { VirtualClock } from '../../src/base/clock.ts';
import { TextOutput } from '../../src/flow/output/stdout.ts';
import { LocalRun } from '../../src/run/local/local-run.ts';
import type { LocalResult } from '../../src/run/local/options/local-options.ts';
import { Disk } from '../../src/run/trials/disk.ts';
import { Random } from '../../src/run/trials/random.ts';
import { optionsOf, planOf, type SourceName, type TwoSourceProgram } from '../support/two-sources.ts';
import { settle } from './tap.ts';
import type { World } from './world.ts';

/** A line, undefined for a bad one, and the batch that it belongs to, from 1. */
export interface Arrival {
  readonly source: SourceName;
  readonly batch: number;
  readonly line: string | undefined;
}

/** How a simulated run went. */
export interface Seen {
  readonly text: string;
  readonly result: LocalResult;
  readonly arrivals: readonly Arrival[];
  /** Batches that were over when it was asked to end; undefined where its sources ended by themselves. */
  readonly batchesAtStop: number | undefined;
  /** The time when it was told to end, and when it had ended, ms. */
  readonly end: number;
  readonly ended: number;
  /** Whether nothing held it up when it was told to end. */
  readonly isPrompt: boolean;
  /** Whether it had ended before it was told to. */
  readonly wasOver: boolean;
}

/** Of the world of a run. */
export type Judged = TwoSourceProgram & Pick<World, 'drag' | 'ending'>;

/** @returns what is wrong with a run; undefined if nothing is. */
export async function judge(world: Judged, seen: Seen): Promise<string | undefined> {
  const total = expectedBatches(world, seen);
  const { batches } = seen.result;
  if (typeof total === 'number' ? batches !== total : batches < total.least || batches > total.most) {
    return `${batches} batches came out, not ${JSON.stringify(total)}`;
  }
  const wanted = await runLists(world, listsOf(seen));
  const wrong = compare(world, seen, wanted);
  if (wrong !== undefined || isCutOff(world)) return wrong;
  const bad = seen.arrivals.filter(({ batch, line }) => line === undefined && heldIn(seen, batch) <= batches).length;
  const had = seen.result.bad - wanted.result.bad;
  return had === bad ? undefined : `${had} more were bad than in lists, not ${bad}`;
}

/** What a run that was told to end comes to. @throws Error if it does not end. */
export async function inTime(ran: Promise<LocalResult>): Promise<LocalResult> {
  let result: LocalResult | undefined;
  void ran.then((ended) => {
    result = ended;
  });
  for (let turns = 0; result === undefined && turns < 1000; turns++) await settle();
  if (result === undefined) throw new Error('the run does not end');
  return result;
}

/** The batch, from 1, that something belongs to which came at `time` (ms): batch t holds what came in (t − interval, t]. */
export function batchOf(time: number, { interval }: Judged): number {
  return Math.max(1, Math.ceil(time / interval));
}

/** How many batches there must be: none is skipped, none is joined with another, and none is made up. */
function expectedBatches(world: Judged, seen: Seen): number | { least: number; most: number } {
  const { arrivals, end, ended, batchesAtStop, isPrompt } = seen;
  const { interval, batches: asked = Number.POSITIVE_INFINITY, drag } = world;
  if (isCutOff(world)) return { least: batchesAtStop!, most: batchesAtStop! + 1 };
  if (batchesAtStop !== undefined) {
    const isLeft = arrivals.some(({ batch }) => batch > batchesAtStop);
    return Math.min(asked, Math.max(1, batchesAtStop + (isLeft ? 1 : 0)));
  }
  const last = Math.max(1, ...arrivals.map(({ batch }) => batch));
  const passed = Math.floor(end / interval);
  // Held up, it makes up for no empty batch once all is over; and where looking takes time, a tick may pass while it ends.
  if (!isPrompt || drag > 0) {
    const most = Math.max(last, Math.floor(ended / interval));
    return { least: Math.min(asked, last), most: Math.min(asked, most) };
  }
  return Math.min(asked, Math.max(last, passed));
}

/** The batch that what came in one is in: a run that was stopped puts all that had come into the batch that was open. */
function heldIn({ batchesAtStop = Number.POSITIVE_INFINITY }: Seen, batch: number): number {
  return Math.min(batchesAtStop + 1, batch);
}

/** What each batch holds, by the times of arrival. */
function listsOf(seen: Seen): ReadonlyMap<SourceName, readonly (readonly string[])[]> {
  const { arrivals, result } = seen;
  const lists = new Map<SourceName, string[][]>();
  for (const name of ['left', 'right'] as const) {
    lists.set(
      name,
      Array.from({ length: result.batches }, () => []),
    );
  }
  for (const { source, batch, line } of arrivals) {
    if (line !== undefined) lists.get(source)![heldIn(seen, batch) - 1]?.push(line);
  }
  return lists;
}

/** What the same program gives for lists. */
async function runLists(
  world: Judged,
  lists: ReadonlyMap<SourceName, readonly (readonly string[])[]>,
): Promise<{ readonly text: string; readonly result: LocalResult }> {
  const stdout = new TextOutput();
  const batchTime = { time: 0 };
  const plan = planOf(
    world,
    (name) => ({
      kind: 'batches',
      open: () => (index) => {
        const values = lists.get(name)![index];
        return values && { values };
      },
    }),
    batchTime,
  );
  const options = optionsOf(world, { clock: new VirtualClock(), stdout });
  // What it writes is nobody's.
  const files = new Disk(new Random(0)).life();
  const result = await new LocalRun(plan, { ...options, files, batches: lists.get('left')!.length }, batchTime).run();
  return { text: stdout.text, result };
}

/** Whether nobody takes what the end leaves over. */
function isCutOff({ ending }: Judged): boolean {
  return ending === 'closed' || ending === 'failed';
}

/** Whole runs give the same to the last digit; where nobody took the rest, what came out is its beginning. */
function compare(
  world: Judged,
  seen: Seen,
  wanted: { readonly text: string; readonly result: LocalResult },
): string | undefined {
  const got = linesOf(seen.text);
  const want = linesOf(wanted.text);
  if (isCutOff(world)) {
    const isBeginning = got.every(({ text }, i) => text === want[i]?.text);
    if (!isBeginning) return `what came out is not the beginning of\n${wanted.text}but\n${seen.text}`;
    const isFailed = world.ending === 'failed' && seen.result.failure !== undefined;
    const exit = !isFailed ? 0 : seen.wasOver ? wanted.result.exit : 4;
    return seen.result.exit === exit ? undefined : `exit ${seen.result.exit}, not ${exit}`;
  }
  if (got.map(({ text }) => text).join('\n') !== want.map(({ text }) => text).join('\n')) {
    return `wanted\n${wanted.text}got\n${seen.text}`;
  }
  const early = got.findIndex(({ isPartial, time }) => isPartial && time < got.at(-1)!.time);
  return early < 0 ? undefined : `the batch in line ${early + 1} is marked partial\n${seen.text}`;
}

/** The objects that came out, without the mark of those that the end cut short, which lists have none of. */
function linesOf(text: string): { readonly text: string; readonly isPartial: boolean; readonly time: number }[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const { partial = false, ...rest } = JSON.parse(line) as { readonly partial?: boolean; readonly time: number };
      return { text: JSON.stringify(rest), isPartial: partial, time: rest.time };
    });
}
