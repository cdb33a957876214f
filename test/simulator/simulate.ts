/**
 * The whole of a live run under one seed, held to what docs/semantics.md promises of batches.
 *
 *     happenings ──> sources ──> live driver ──> batches that came out
 *                       │ noted: which line came at what time                  must be equal
 *                       └──> one list a batch ──> the same program over lists ─┘
 *
 * The program over lists never waits and never meets a clock, so it says what the batches are; the live run must come to the same by
 * whatever way it was led.
 */

import { VirtualClock } from '../../src/base/clock.ts';
import { RunFailure } from '../../src/base/problem.ts';
import type { Origin } from '../../src/flow/define/chunk.ts';
import type { SourceContext } from '../../src/flow/define/context.ts';
import { TextOutput } from '../../src/flow/output/stdout.ts';
import { LocalRun } from '../../src/run/local/local-run.ts';
import type { LocalResult } from '../../src/run/local/options/local-options.ts';
import { StepsAnew } from '../support/steps-anew.ts';
import { optionsOf, planOf, type SourceName } from '../support/two-sources.ts';
import { ShutterOutput, SimulatedClock } from './instruments.ts';
import { settle, Tap } from './tap.ts';
import { type Happening, type World, worldOf } from './world.ts';

/** A line, and the batch that it belongs to, from 1. */
interface Arrival {
  readonly source: SourceName;
  readonly batch: number;
  readonly line: string;
}

/** How a simulated run went. */
interface Seen {
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

/** Simulates the run of a seed. @returns what is wrong with it; undefined if nothing is. */
export async function simulate(seed: number): Promise<string | undefined> {
  const world = worldOf(seed);
  try {
    return await judge(seed, world);
  } catch (error) {
    return describe(seed, world, String(error));
  }
}

async function judge(seed: number, world: World): Promise<string | undefined> {
  const seen = await new LiveSimulation(world).live();
  const total = expectedBatches(world, seen);
  const { batches } = seen.result;
  if (typeof total === 'number' ? batches !== total : batches < total.least || batches > total.most) {
    return describe(seed, world, `${batches} batches came out, not ${JSON.stringify(total)}`);
  }
  const wanted = await runLists(world, listsOf(seen));
  return compare(seed, world, seen, wanted);
}

function describe(seed: number, world: World, what: string): string {
  return `seed ${seed}: ${what}\n${JSON.stringify(world, null, 1)}\nagain: LEAT_SEED=${seed} npx vitest run test/simulator/simulator.test.ts`;
}

/** What a run that was told to end comes to. @throws Error if it does not end. */
async function inTime(ran: Promise<LocalResult>): Promise<LocalResult> {
  let result: LocalResult | undefined;
  void ran.then((ended) => {
    result = ended;
  });
  for (let turns = 0; result === undefined && turns < 1000; turns++) await settle();
  if (result === undefined) throw new Error('the run does not end');
  return result;
}

/** A run under way in its world. */
class LiveSimulation {
  private readonly world: World;
  private readonly clock: SimulatedClock;
  private readonly stdout = new ShutterOutput();
  private readonly taps = new Map<SourceName, Tap>();
  private readonly arrivals: Arrival[] = [];
  private readonly steps: StepsAnew;
  private readonly origins = new Map<number, Origin>();
  private readonly run: LocalRun;

  constructor(world: World) {
    this.world = world;
    this.clock = new SimulatedClock(world.drag);
    const batchTime = { time: 0 };
    const plan = planOf(
      world,
      (name) => ({
        kind: this.isBounded(name) ? 'bounded' : 'live',
        open: (_args: object, context: SourceContext) => ({
          run: () => {
            const tap = new Tap({ ...context, origin: (client) => this.known(context.origin(client)) });
            this.taps.set(name, tap);
            return tap.over;
          },
        }),
      }),
      batchTime,
    );
    const { clock, stdout } = this;
    this.steps = new StepsAnew(plan, { of: ({ id }) => this.originOf(id) });
    const options = optionsOf(world, { clock, stdout });
    this.run = new LocalRun(plan, world.isWrittenDown ? { ...options, memory: this.steps } : options, batchTime);
  }

  async live(): Promise<Seen> {
    const { world, run, clock, stdout, taps, arrivals } = this;
    const ran = run.run();
    await settle();
    for (const happening of world.happenings) {
      if (run.signal.aborted) break;
      this.happen(happening);
      await settle();
    }
    const isPrompt = !stdout.isShut && [...taps].every(([name, tap]) => !this.isBounded(name) || tap.isOver);
    const wasOver = run.signal.aborted;
    while (isPrompt && clock.ring(clock.next)) await settle();
    const end = clock.next;
    const batchesAtStop = wasOver || world.ending !== 'over' ? run.state().batches : undefined;
    if (world.ending === 'stop') run.stop();
    if (world.ending === 'closed') run.closeOutput();
    if (world.ending === 'failed') run.fail(new RunFailure('sink-failed', 4, 'the disk is full'));
    for (const tap of taps.values()) tap.end();
    await settle();
    stdout.open();
    const result = await inTime(ran);
    return { text: stdout.text, result, arrivals, batchesAtStop, end, ended: clock.next, isPrompt, wasOver };
  }

  private isBounded(name: SourceName): boolean {
    return name === 'right' && this.world.isRightBounded;
  }

  private happen(happening: Happening): void {
    const { clock, stdout } = this;
    switch (happening.kind) {
      case 'pass': {
        const until = clock.next + happening.ms;
        while (clock.ring(until));
        clock.reach(until);
        break;
      }
      case 'sleep':
        clock.sleep(happening.ms);
        break;
      case 'arrive':
        this.arrive(happening);
        break;
      case 'snapshot':
        this.steps.cut(happening);
        break;
      case 'leave':
        this.taps.get(happening.source)?.leave(happening.client);
        break;
      case 'finish':
        this.taps.get('right')?.end();
        break;
      case 'shut':
        stdout.shut();
        break;
      case 'open':
        stdout.open();
        break;
    }
  }

  private known(origin: Origin): Origin {
    this.origins.set(origin.id, origin);
    return origin;
  }

  private originOf(id: number): Origin {
    const origin = this.origins.get(id);
    if (origin === undefined) throw new Error(`a step remembers the origin ${id}, which nobody has opened`);
    return origin;
  }

  private arrive({ source, client, lines }: Extract<Happening, { kind: 'arrive' }>): void {
    const tap = this.taps.get(source);
    if (tap === undefined || tap.isOver) return;
    // In the very ms of a tick, what comes behind it has missed it. Bounded sources belong to the first batch.
    const inTime = Math.max(batchOf(this.clock.next, this.world), this.run.state().batches + 1);
    const batch = this.isBounded(source) ? 1 : inTime;
    this.arrivals.push(...lines.map((line) => ({ source, batch, line })));
    tap.give(client, lines);
  }
}

/** The batch, from 1, that something belongs to which came at `time` (ms): batch t holds what came in (t − interval, t]. */
function batchOf(time: number, { interval }: World): number {
  return Math.max(1, Math.ceil(time / interval));
}

/** How many batches there must be: none is skipped, none is joined with another, and none is made up. */
function expectedBatches(world: World, seen: Seen): number | { least: number; most: number } {
  const { arrivals, end, ended, batchesAtStop, isPrompt } = seen;
  const { interval, batches: asked = Number.POSITIVE_INFINITY, ending, drag } = world;
  if (ending === 'closed' || ending === 'failed') return { least: batchesAtStop!, most: batchesAtStop! + 1 };
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

/** What each batch holds, by the times of arrival. A run that was stopped puts all that had come into the batch that was open. */
function listsOf({ arrivals, batchesAtStop, result }: Seen): ReadonlyMap<SourceName, readonly (readonly string[])[]> {
  const most = batchesAtStop === undefined ? Number.POSITIVE_INFINITY : batchesAtStop + 1;
  const lists = new Map<SourceName, string[][]>();
  for (const name of ['left', 'right'] as const) {
    lists.set(
      name,
      Array.from({ length: result.batches }, () => []),
    );
  }
  for (const { source, batch, line } of arrivals) {
    lists.get(source)![Math.min(most, batch) - 1]?.push(line);
  }
  return lists;
}

/** What the same program gives for lists. */
async function runLists(
  world: World,
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
  const result = await new LocalRun(plan, { ...options, batches: lists.get('left')!.length }, batchTime).run();
  return { text: stdout.text, result };
}

/** Whole runs give the same to the last digit; where nobody took the rest, what came out is its beginning. */
function compare(
  seed: number,
  world: World,
  seen: Seen,
  wanted: { readonly text: string; readonly result: LocalResult },
): string | undefined {
  const got = linesOf(seen.text);
  const want = linesOf(wanted.text);
  if (world.ending === 'closed' || world.ending === 'failed') {
    const isBeginning = got.every(({ text }, i) => text === want[i]?.text);
    if (!isBeginning)
      return describe(seed, world, `what came out is not the beginning of\n${wanted.text}but\n${seen.text}`);
    const isFailed = world.ending === 'failed' && seen.result.failure !== undefined;
    const exit = !isFailed ? 0 : seen.wasOver ? wanted.result.exit : 4;
    return seen.result.exit === exit ? undefined : describe(seed, world, `exit ${seen.result.exit}, not ${exit}`);
  }
  if (got.map(({ text }) => text).join('\n') !== want.map(({ text }) => text).join('\n')) {
    return describe(seed, world, `wanted\n${wanted.text}got\n${seen.text}`);
  }
  const { bad } = seen.result;
  if (bad !== wanted.result.bad) return describe(seed, world, `${bad} bad, not ${wanted.result.bad}`);
  const early = got.findIndex(({ isPartial, time }) => isPartial && time < got.at(-1)!.time);
  return early < 0
    ? undefined
    : describe(seed, world, `the batch in line ${early + 1} is marked partial\n${seen.text}`);
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
