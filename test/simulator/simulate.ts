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

import { RunFailure } from '../../src/base/problem.ts';
import type { Origin } from '../../src/flow/define/chunk.ts';
import type { SourceContext } from '../../src/flow/define/context.ts';
import type { FileSystem } from '../../src/flow/define/file-system.ts';
import { LocalRun } from '../../src/run/local/local-run.ts';
import { StepsAnew } from '../support/steps-anew.ts';
import { optionsOf, planOf, type SourceName } from '../support/two-sources.ts';
import { ShutterOutput, SimulatedClock } from './instruments.ts';
import { type Arrival, batchOf, inTime, judge, type Seen } from './judge.ts';
import { settle, Tap } from './tap.ts';
import { type Happening, type World, worldOf } from './world.ts';

/** Simulates the run of a seed. @returns what is wrong with it; undefined if nothing is. */
export async function simulate(seed: number): Promise<string | undefined> {
  const world = worldOf(seed);
  try {
    const wrong = await judge(world, await new LiveSimulation(world).live());
    return wrong && describe(seed, world, wrong);
  } catch (error) {
    return describe(seed, world, String(error));
  }
}

function describe(seed: number, world: World, what: string): string {
  return `seed ${seed}: ${what}\n${JSON.stringify(world, null, 1)}\nagain: LEAT_SEED=${seed} npx vitest run test/simulator/simulator.test.ts`;
}

/** A run under way in its world. */
export class LiveSimulation {
  private readonly world: World;
  private readonly clock: SimulatedClock;
  private readonly stdout = new ShutterOutput();
  private readonly taps = new Map<SourceName, Tap>();
  private readonly arrivals: Arrival[] = [];
  private readonly steps: StepsAnew;
  private readonly origins = new Map<number, Origin>();
  private readonly run: LocalRun;
  private readonly look: ((text: string) => void) | undefined;

  /** @param files where its sinks write. @param look is shown what came out so far behind each happening. */
  constructor(world: World, files?: FileSystem, look?: (text: string) => void) {
    this.world = world;
    this.look = look;
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
    const options = { ...optionsOf(world, { clock, stdout }), ...(files === undefined ? {} : { files }) };
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
      this.look?.(stdout.text);
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
